import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The SQL that makes the sample database: a music shop with some thousands of rows, the same on every run. */
export const MUSIC_STORE_SQL: string = ["schema.sql", "data.sql"]
  .map(file => readFileSync(join(import.meta.dir, file), "utf8"))
  .join("\n");
