import type { Tables } from "../../examples/music-store/database.ts";
import type { SchemaSnapshot, SqlHandle } from "../../src/index.ts";

export type * from "../../examples/music-store/database.ts";

// The functions of these tests are checked by the compiler and never called.
export declare const sql: SqlHandle;
/** With the generated module of the sample database. */
export declare const store: SchemaSnapshot<Tables>;
/** Without a generated module. */
export declare const wide: SchemaSnapshot;
