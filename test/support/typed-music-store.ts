import type { Tables } from "../../examples/music-store/database.ts";
import type { SchemaSnapshot, SqlHandle } from "../../src/index.ts";

export type * from "../../examples/music-store/database.ts";

// The compiler checks the functions of these tests, which are never called.
export const sql: SqlHandle = undefined as never;
/** With the generated module of the music store. */
export const store: SchemaSnapshot<Tables> = undefined as never;
/** Without a generated module. */
export const wide: SchemaSnapshot = undefined as never;
