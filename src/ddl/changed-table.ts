import type { WideTable } from "../schema/tables.ts";

/** The types of all tables when one was made or changed: that one has the wide form until a module is generated again. */
export type ChangedTable<Tables, Name extends string> = Omit<Tables, Name> & {
  readonly [Table in Name]: WideTable;
};
