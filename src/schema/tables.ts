/** The TypeScript side of one table; a generated module has one per table, an untyped snapshot the wide form. */
export interface TableTypes {
  readonly row: object;
  readonly insert: object;
  readonly update: object;
  /** The primary key as `get` takes it: a value, or an object of the key's columns; `never` without a key. */
  readonly key: unknown;
}

/** What every table looks like when no module was generated. */
export interface WideTable {
  readonly row: Record<string, unknown>;
  readonly insert: Record<string, unknown>;
  readonly update: Record<string, unknown>;
  readonly key: unknown;
}

/** Table name → its types, for a snapshot without a generated module. */
export interface WideTables {
  readonly [table: string]: WideTable;
}

export type TableName<Tables> = keyof Tables & string;

/** The row of table `Name` as reading functions return it. */
export type RowOf<Tables, Name extends TableName<Tables>> = Tables[Name] extends { row: infer Row }
  ? Row
  : never;

/** What `insert` accepts for table `Name`. */
export type InsertOf<Tables, Name extends TableName<Tables>> = Tables[Name] extends { insert: infer Row }
  ? Row
  : never;

/** What `update` accepts for table `Name`. */
export type UpdateOf<Tables, Name extends TableName<Tables>> = Tables[Name] extends { update: infer Row }
  ? Row
  : never;

/** The primary key of table `Name`. */
export type KeyOf<Tables, Name extends TableName<Tables>> = Tables[Name] extends { key: infer Key }
  ? Key
  : never;

export type ColumnName<Tables, Name extends TableName<Tables>> = keyof RowOf<Tables, Name> & string;
