import { describeHandle } from "./describe-handle.ts";
import type { FailureFacts } from "./failure-facts.ts";
import type { SqlHandle } from "./handle.ts";
import { differencesOf } from "./statement.ts";

// The server's rejections of a connection (manual, appendix A), and the driver's codes.
const REJECTIONS: Readonly<Record<string, string>> = {
  REFUSED:
    "the host is unknown, or no server is listening on this port; start PostgreSQL, or correct the host and port",
  TIMEOUT: "the server did not answer in time; check the host, the port and the firewall",
  FAILED:
    "the server closed the connection, or the host did not accept it in time; check the host, the port and the firewall, and that it is a PostgreSQL server",
  "28P01": "check the user name and the password; PGPASSWORD is used if the URL has no password",
  "28000": "check the user name and the rules in pg_hba.conf",
  "3D000": "create the database, or correct the database name",
  "53300": "the server has no free connections; use a smaller max, or a pooler",
  "57P03": "the server is starting or stopping; try again",
};

const UNKNOWN_AUTHORITY =
  "the server's certificate is not signed by a known authority; pass the authority's certificate as tls: { ca }";

// The codes of OpenSSL for a certificate that is not valid.
const CERTIFICATES: Readonly<Record<string, string>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_AUTHORITY,
  ERR_TLS_CERT_ALTNAME_INVALID:
    "the server's certificate is for a different host; connect to a host that the certificate names",
  CERT_HAS_EXPIRED: "the server's certificate has expired; renew the certificate",
  CERT_NOT_YET_VALID: "the server's certificate is not valid yet; check the clocks of both machines",
};

/** The message of a failed or lost connection, with the server, the SQLSTATE and the likely cause; undefined for other failures. */
export function connectionFailure(sql: SqlHandle | undefined, facts: FailureFacts): string | undefined {
  const { sqlstate, code, message } = facts;
  const server = sql === undefined ? "the server" : describeHandle(sql);
  const reason = rejection(facts);
  const ending = sqlstate === undefined ? "" : ` [${sqlstate}]`;
  // The messages of the driver say less than the advice.
  const words = sqlstate === undefined ? "" : `${message}${ending}; `;
  if (reason !== undefined) return `cannot connect to ${server}: ${words}${reason}`;
  const isLost = sqlstate === undefined ? code?.endsWith("_CONNECTION_CLOSED") : /^57P0[12]$/.test(sqlstate);
  return isLost ? `the connection to ${server} was lost: ${lowerFirst(message)}${ending}` : undefined;
}

function rejection({ sqlstate, code = "", message }: FailureFacts): string | undefined {
  const certificate = CERTIFICATES[code];
  if (certificate !== undefined) return certificate;
  if (code.includes("_TLS_"))
    return "the server does not accept TLS connections; pass tls: false, or turn on ssl in postgresql.conf";
  if (sqlstate === "28000" && message.endsWith("no encryption"))
    return "the server requires TLS; pass tls: true";
  if (sqlstate === "28000" && message.endsWith("does not exist"))
    return "create the role, or correct the user name";
  return REJECTIONS[sqlstate ?? /_CONNECTION_(\w+)/.exec(code)?.[1] ?? ""];
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

// A statement that is prepared twice, one that is not prepared, and one with the parameters of another.
const POOLER: ReadonlySet<string> = new Set(["42P05", "26000", "08P01"]);

// Messages that say what is wrong, but not what to do.
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /^Only use sql\.begin, sql\.reserved/,
    "a text that begins a transaction needs its own connection: leave out BEGIN and COMMIT, or pass the handle of withConnection",
  ],
  [/^COPY \.\.\. FROM STDIN needs query\.writable/, "use importRows and exportRows"],
  [
    /^cannot alter type of a column used in a (?:trigger|policy) definition$/,
    "drop the triggers and policies that use the column first, and create them again afterwards",
  ],
  [
    /^cannot alter type of a column used by a publication WHERE clause$/,
    "drop the table from the publication first, and add it again afterwards",
  ],
  [
    /^updated partition constraint for default partition .* would be violated by some row$/,
    "first move the rows of the new partition out of the default partition",
  ],
  [/^column .* contains null values$/, "pass a default, or fill the column before you add NOT NULL"],
  [
    /^could not create unique index /,
    "first change or delete the rows that have the same values in its columns",
  ],
  [
    /^column reference ".*" is ambiguous$/,
    "write col(table, column), or in an upsert old(column) or excluded(column)",
  ],
  [
    /^unrecognized configuration parameter "[^."]*"$/,
    'a custom setting requires a prefix, such as "app.tenant"',
  ],
];

/** The advice after the message of a failed statement; empty without one. */
export function failureAdvice(
  sql: SqlHandle | undefined,
  params: readonly unknown[],
  { sqlstate = "", routine, message, hint, isInside }: FailureFacts,
): string {
  // The driver names its prepared statements P0, P1 ...
  if (POOLER.has(sqlstate) && /["»«]\s?P\d+\s?["»«]/.test(message) && sql?.options.prepare !== false)
    return "; a transaction pooler shares connections, so open the handle with prepare: false";
  const advice = ADVICE.find(([pattern]) => pattern.test(message))?.[1];
  if (advice !== undefined) return `; ${advice}`;
  const isOwn = !isInside && differencesOf(params) !== undefined;
  if (!isOwn || sqlstate !== "0A000" || routine !== "RewriteQuery") return "";
  // No translation changes the keywords.
  if (message.includes("ON CONFLICT")) return "; use update and insert";
  if (hint === undefined) return "";
  const instead = message.includes("UPDATE RETURNING") ? ", and updateWhere in place of updateMany" : "";
  return `; the table has a rule, so pass returning: false${instead}`;
}
