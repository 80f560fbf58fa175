import type { KnownTables, TableName, WideTable } from "./tables.ts";

/** The types of all tables after one was created or changed: that table is wide until the module is generated again. */
export type ChangedTable<Tables, Name extends string> = WithTable<Tables, Name, WideTable>;

/** The types of all tables after one got these types. A snapshot of wide types has them for any name. */
export type WithTable<Tables, Name extends string, Types> = string extends keyof Tables
  ? Tables
  : Omit<Tables, Name> & { readonly [Table in Name]: Types };

/** The types of all tables after one was dropped. */
export type WithoutTable<Tables, Name extends string> = string extends keyof Tables
  ? Tables
  : Omit<Tables, Name>;

/** The types of all tables after one was renamed. */
export type RenamedTable<Tables, Name extends TableName<Tables>, New extends string> = WithTable<
  WithoutTable<Tables, Name>,
  New,
  KnownTables<Tables>[Name]
>;
