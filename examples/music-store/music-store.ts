import data from "./data.sql" with { type: "text" };
import schema from "./schema.sql" with { type: "text" };

/** The SQL that makes the sample database: a music shop with some thousands of rows, the same on every run. */
export const MUSIC_STORE_SQL: string = `${schema}\n${data}`;
