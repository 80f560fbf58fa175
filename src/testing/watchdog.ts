/**
 * The shell script that runs a server and removes its directory, whatever becomes of the process that started it.
 * Arguments: directory, binaries, then the server's own. Standard input is the lifeline. Descriptor 3 keeps it for the
 * reader alone: a copy in the server or in the shell would never let it end.
 */
export const WATCHDOG = `
trap '' INT TERM HUP
exec 3<&0 </dev/null
directory=$1 binaries=$2
shift 2
cd "$directory" || exit 1
if "$binaries/initdb" -D data -U postgres -A trust -E UTF8 --locale=C --no-sync --no-instructions >log 2>&1 3<&-; then
  "$binaries/postgres" -D data "$@" >>log 2>&1 3<&- &
  server=$!
  { cat <&3 >/dev/null; kill -INT "$server" 2>/dev/null; } &
  exec 3<&-
  wait "$server"
fi
log=$(tail -c 3000 log)
cd /
rm -rf "$directory"
printf '%s' "$log" >&2
`;
