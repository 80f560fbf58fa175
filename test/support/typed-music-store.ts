import type { Tables } from "../../examples/music-store/database.ts";
import type { SchemaSnapshot, SqlHandle } from "../../src/index.ts";

export type * from "../../examples/music-store/database.ts";

// The functions of these tests are checked by the compiler and never called.
export const sql: SqlHandle = undefined as never;
/** With the generated module of the sample database. */
export const store: SchemaSnapshot<Tables> = undefined as never;
/** Without a generated module. */
export const wide: SchemaSnapshot = undefined as never;
