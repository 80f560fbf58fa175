import type { SqlHandle } from "../driver/handle.ts";
import { type ReplicaReads, replicasOf } from "../driver/replica-reads.ts";
import { ArgumentError } from "../errors.ts";
import { type OptionNames, requireOptions } from "../schema/arguments.ts";
import { requireRequest } from "./request.ts";

/** Options of `sessionOf`: the place of the position. */
export interface SessionOptions {
  /** The name of the cookie (default: `rowfn_position`). */
  readonly cookieName?: string;
  /** The name of a header of requests and responses, in place of the cookie. */
  readonly headerName?: string;
}

const SESSION_OPTIONS: OptionNames<SessionOptions> = { cookieName: true, headerName: true };

/** The session of a request. */
export interface RequestSession<Handle> {
  /** The handle of the request, whose reads see what the client's earlier requests have written. */
  readonly sql: Handle;
  /** Returns the response with the position for the client's next request. */
  readonly carry: (response: Response) => Promise<Response>;
}

/**
 * Returns a handle of `replicas` for one request: its reads see what earlier requests of the same client have written,
 * through any process. The position in the write-ahead log travels in a cookie or a header.
 * @param sql a handle of `replicas`
 * @param request the request
 * @param options the name of the cookie or of the header
 * @returns `{ sql, carry }`: the handle, and the function that adds the position to the response
 * @throws ArgumentError if `sql` is not a handle of `replicas`, or an option is invalid
 * @example `const { carry } = sessionOf(replicas(sql, []), new Request("http://localhost/"));`
 */
export function sessionOf<Handle extends SqlHandle>(
  sql: Handle,
  request: Request,
  options: SessionOptions = {},
): RequestSession<Handle> {
  const replicas = replicasOf(sql);
  if (replicas === undefined) throw new ArgumentError("sql must be a handle that replicas returned");
  requireRequest(request);
  requireOptions("sessionOf", options, SESSION_OPTIONS);
  const place = requirePlace(options);
  const given = positionIn(request, place);
  const handle = replicas.session(given);
  return {
    sql: handle as Handle,
    carry: async response => {
      const position = await newPosition(replicasOf(handle)!);
      return position === undefined || position === given
        ? response
        : withPosition(response, request, place, position);
    },
  };
}

interface Place {
  readonly kind: "cookie" | "header";
  readonly name: string;
}

// A token of RFC 9110, 5.6.2.
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

function requirePlace({ cookieName, headerName }: SessionOptions): Place {
  if (cookieName !== undefined && headerName !== undefined)
    throw new ArgumentError("cookieName and headerName cannot be combined; pass one of them");
  const name = headerName ?? cookieName ?? "rowfn_position";
  const kind = headerName === undefined ? "cookie" : "header";
  if (typeof name !== "string" || !TOKEN.test(name))
    throw new ArgumentError(`${kind}Name must be the name of a ${kind}, received ${JSON.stringify(name)}`);
  return { kind, name };
}

function positionIn({ headers }: Request, { kind, name }: Place): string | undefined {
  if (kind === "header") return headers.get(name) ?? undefined;
  return new Bun.CookieMap(headers.get("cookie") ?? "").get(name) ?? undefined;
}

// The write succeeded although its position is unknown. Any other text makes the next request read from the primary.
async function newPosition(replicas: ReplicaReads): Promise<string | undefined> {
  return await replicas.position().catch(() => "unknown");
}

function withPosition(
  response: Response,
  request: Request,
  { kind, name }: Place,
  position: string,
): Response {
  const carried = new Response(response.body, response);
  if (kind === "header") carried.headers.set(name, position);
  else {
    const secure = request.url.startsWith("https:") ? "; Secure" : "";
    carried.headers.append("set-cookie", `${name}=${position}; Path=/; HttpOnly; SameSite=Lax${secure}`);
  }
  return carried;
}
