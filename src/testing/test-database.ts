import { SQL } from "bun";

export interface TestDatabaseOptions {
  /** SQL text or a function that fills the template, run once per run for one name and content; each database is a clone of it. */
  readonly template?: string | ((sql: SQL) => Promise<void>);
  /** Options of the Bun handle; `prepare` defaults to what ROWFN_PREPARE says, `max` to 2. */
  readonly handle?: { readonly prepare?: boolean; readonly bigint?: boolean; readonly max?: number };
}

export interface TestDatabase {
  readonly url: string;
  readonly name: string;
  readonly sql: SQL;
  /** Another handle on the same database, closed by `drop`. */
  connect(options?: TestDatabaseOptions["handle"]): SQL;
  /** Closes every handle and drops the database. */
  drop(): Promise<void>;
}
