import { ArgumentError } from "../errors.ts";

/** The server of a URL. */
interface ServerAddress {
  readonly hostname: string;
  readonly port: number;
  readonly username: string;
  readonly database: string;
  /** The host or the socket directory of `?host=`, which the driver reads, as it reads the port beside it. */
  readonly host: string | undefined;
  /** The password of `?password=`. */
  readonly password: { readonly password?: string };
  /** The times of the parameters, in milliseconds. */
  readonly times: { readonly connectionTimeout?: number };
}

/**
 * The server of a URL, whose parameters have the meaning that they have for libpq.
 * @throws ArgumentError if the URL is not one of PostgreSQL, or does not name one server
 */
export function parseServerUrl(url: string | URL): ServerAddress {
  requireOneHost(String(url));
  if (!URL.canParse(String(url))) {
    // Text that is not a URL may contain a password; undefined is a variable that is not set.
    const received = url === undefined ? ", received undefined" : "";
    throw new ArgumentError(`url must be a URL such as postgres://user@host:5432/database${received}`);
  }
  const parts = new URL(String(url));
  const { protocol, hostname, port, searchParams } = parts;
  if (protocol !== "postgres:" && protocol !== "postgresql:") {
    throw new ArgumentError(`url must start with postgres://, received ${protocol}`);
  }
  requireEncoded(parts);
  const [username, pathname] = [parts.username, parts.pathname, parts.password].map(decoded) as [
    string,
    string,
  ];
  requireAnyServer(searchParams);
  const user = searchParams.get("user") || username || "postgres";
  const password = searchParams.get("password");
  return {
    hostname: hostname.replace(/^\[|\]$/g, "") || "localhost",
    port: portOf(searchParams.get("port") || port),
    username: user,
    database: searchParams.get("dbname") || pathname.slice(1) || user,
    host: searchParams.get("host") ?? undefined,
    password: password === null ? {} : { password },
    times: timesOf(searchParams),
  };
}

// The first / ? or # ends the user name, password and host. The rest of a password must not be shown as the name of a database.
function requireEncoded({ username, password, pathname, searchParams, hash }: URL): void {
  const isCut =
    username === "" && password === "" && [pathname, ...searchParams.keys()].some(part => part.includes("@"));
  if (!isCut && hash === "") return;
  throw new ArgumentError(
    "url: a / ? # or @ in the user name, the password or the name of the database must be percent-encoded, such as %2F for /",
  );
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ArgumentError(
      "url: a % in the user name, the password or the name of the database must be written as %25",
    );
  }
}

// libpq tries several hosts in turn, which the driver cannot.
function requireOneHost(url: string): void {
  const authority = /^postgres(?:ql)?:\/\/([^/?#]*)/.exec(url)?.[1] ?? "";
  const host = /[?&]host=([^&#]*)/.exec(url)?.[1] ?? "";
  const isList = /,|%2C/i;
  if (isList.test(authority.slice(authority.lastIndexOf("@") + 1)) || isList.test(host))
    throw new ArgumentError(
      "url must name one host, received several; open a handle for each of them, and pass the handles to replicas",
    );
}

/** Parameters that choose among several servers, and their values that choose nothing. */
const CHOICES = { target_session_attrs: "any", load_balance_hosts: "disable" };

function requireAnyServer(searchParams: URLSearchParams): void {
  for (const [name, without] of Object.entries(CHOICES)) {
    const value = searchParams.get(name);
    if (value !== null && value !== without)
      throw new ArgumentError(
        `url: ${name}=${value} is not supported; leave it out, and pass the handles of all servers to replicas, which finds the primary`,
      );
  }
}

function portOf(text: string): number {
  const port = text === "" ? 5432 : Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new ArgumentError(
    `url: the port must be an integer from 1 to 65535, received ${JSON.stringify(text)}`,
  );
}

function timesOf(searchParams: URLSearchParams): ServerAddress["times"] {
  const text = searchParams.get("connect_timeout");
  if (text === null) return {};
  const seconds = Number(text);
  if (text.trim() === "" || !Number.isInteger(seconds) || seconds >= 2 ** 21)
    throw new ArgumentError(
      `url: connect_timeout must be an integer number of seconds, received ${JSON.stringify(text)}`,
    );
  // For libpq, 0 and negative numbers mean no limit, as 0 does for the driver.
  return { connectionTimeout: Math.max(0, seconds) * 1000 };
}
