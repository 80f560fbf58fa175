import data from "./data.sql" with { type: "text" };
import schema from "./schema.sql" with { type: "text" };

/** The SQL that creates the music store, with a few thousand rows that are the same on every run. */
export const MUSIC_STORE_SQL: string = `${schema}\n${data}`;
