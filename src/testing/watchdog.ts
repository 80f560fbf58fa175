/**
 * The shell script that runs a server and removes its directory, whatever becomes of the process that started it.
 * Arguments: directory, then the server's own. Standard input is the lifeline; its first line is the directory of the
 * binaries, its end the order to stop. Descriptor 3 keeps it for the
 * reader alone: a copy in the server or in the shell would never let it end. The signal is repeated because a server
 * that has only just started ignores it.
 */
export const WATCHDOG = `
trap '' INT TERM HUP
exec 3<&0 </dev/null
directory=$1
shift
cd "$directory" || exit 1
if IFS= read -r binaries <&3 && "$binaries/initdb" -D data -U postgres -A trust -E UTF8 --locale=C --no-sync --no-instructions >log 2>&1 3<&-; then
  "$binaries/postgres" -D data "$@" >>log 2>&1 3<&- &
  server=$!
  { cat <&3 >/dev/null; while kill -INT "$server"; do sleep 0.2; done; } 2>/dev/null &
  exec 3<&-
  wait "$server"
fi
log=$(tail -c 3000 log)
cd /
rm -rf "$directory" || { sleep 1; rm -rf "$directory"; }
printf '%s' "$log" >&2
`;
