import { requireHandle, type SqlHandle } from "./handle.ts";

/**
 * Describes the server and database of a handle, for logs; the password is never included.
 * @param sql a Bun SQL handle
 * @returns `postgres://user@host:port/database`, with `?host=` for a socket
 * @example `describeHandle(sql)` returns, for example, `postgres://app@127.0.0.1:5432/music`
 */
export function describeHandle(sql: SqlHandle): string {
  if (typeof (sql as Partial<SqlHandle> | null | undefined)?.options !== "object") requireHandle(sql);
  const { username, hostname, port, database, path } = sql.options;
  const user = username ? `${encodeURIComponent(username)}@` : "";
  const name = database ? `/${encodeURIComponent(database)}` : "";
  if (path) return `postgres://${user}${name}?host=${encodeURIComponent(path)}`;
  const host = hostname?.includes(":") ? `[${hostname}]` : (hostname ?? "localhost");
  return `postgres://${user}${host}:${port ?? 5432}${name}`;
}
