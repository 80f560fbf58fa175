// Features of the test server: a test of newer syntax uses the older syntax on an older server.
import { SQL } from "bun";
import { sharedServerUrl } from "../../src/testing/shared-server.ts";

const sql = new SQL(process.env["ROWFN_TEST_URL"] ?? (await sharedServerUrl()), { max: 1 });
const [[versionNum]] = await sql`select current_setting('server_version_num')::int4`.values();
await sql.close();

/** Whether the server is of this major version or newer. */
export const isServer = (major: number): boolean => versionNum >= major * 10_000;

/** The clause of a unique key, or nothing before PostgreSQL 15. */
export const NULLS_NOT_DISTINCT: string = isServer(15) ? "nulls not distinct" : "";

/** `on delete set null (column)`, without the column before PostgreSQL 15. */
export const deleteSetNull = (column: string): string =>
  `on delete set null${isServer(15) ? ` (${column})` : ""}`;

/** A negative scale, or none before PostgreSQL 15: `numeric(5,-2)`. */
export const negativeScale = (precision: number, scale: number): string =>
  `numeric(${precision},${isServer(15) ? -scale : 0})`;
