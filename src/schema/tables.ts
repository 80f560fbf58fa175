import type { Rejected } from "./rejected.ts";

/** The TypeScript types of one table, from a generated module or `WideTable`. */
export interface TableTypes {
  readonly row: object;
  readonly insert: object;
  readonly update: object;
  /** Column → the type of its values in filters, if wider than in a row; default: the row's type. */
  readonly filter?: object;
  /** The primary key as `get` accepts it: a value, or an object of the key's columns; `never` without a key. */
  readonly key: unknown;
  /** The primary key's columns in a row, as `update` needs them. */
  readonly keyRow?: unknown;
  /** Relation name → the related table, and whether its rows are many: for `include`. */
  readonly relations?: Readonly<Record<string, RelationType>>;
  /**
   * The related table of paths in `orderBy` that `relations` does not have, by its name or the name of a foreign key: of
   * self-references and of several foreign keys to one table.
   */
  readonly references?: Readonly<Record<string, string>>;
}

export interface RelationType {
  readonly table: string;
  readonly many: boolean;
  /** The columns of the foreign key, in the table that has it; missing for a relation through a junction table. */
  readonly columns?: string;
}

/** The types of every table without a generated module. */
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

/** The tables of a snapshot; of one whose type is `any` every name is possible. */
export type KnownTables<Tables> = unknown extends Tables ? WideTables : Tables;

export type TableName<Tables> = keyof KnownTables<Tables> & string;

/** The row of table `Name` as reading functions return it. */
export type RowOf<Tables, Name extends TableName<Tables>> = KnownTables<Tables>[Name] extends {
  row: infer Row;
}
  ? Row
  : never;

declare const TABLE: unique symbol;

/** The table of a filter's row type, by which `some`, `none` and `every` know the rows that are related to it. */
export interface InTable<Tables, Name> {
  readonly [TABLE]?: readonly [Tables, Name];
}

/** The values with which filters compare the columns of table `Name`. */
export type FilterOf<Tables, Name extends TableName<Tables>> = KnownTables<Tables>[Name] extends {
  filter: infer Row;
}
  ? Row & InTable<Tables, Name>
  : KnownTables<Tables>[Name] extends { row: infer Row }
    ? Row & InTable<Tables, Name>
    : never;

/** The values of filters of a related table; any, if the types do not have the relation. */
export type RelatedFilterOf<Row, Relation extends string> =
  Row extends InTable<infer Tables, infer Name extends string>
    ? KnownTables<Tables>[Name & TableName<Tables>] extends {
        relations: { readonly [Key in Relation]: { table: infer Related extends TableName<Tables> } };
      }
      ? FilterOf<Tables, Related>
      : Record<string, unknown>
    : Record<string, unknown>;

/** The reason in place of a relation that the row's table does not have, unless options say which one is meant. */
export type UnknownRelation<Row, Relation extends string, Options> =
  Row extends InTable<infer Tables, infer Name extends string>
    ? KnownTables<Tables>[Name & TableName<Tables>] extends { relations: infer Relations }
      ? // A table with the name of a column is not in the relations of a module.
        Relation extends keyof Relations | keyof Row
        ? unknown
        : [Options] extends [never]
          ? Rejected<NoRelation<Tables, Name, Relation>>
          : unknown
      : unknown
    : unknown;

/** Why a name is not that of one relation. */
export type NoRelation<Tables, Name extends string, Relation extends string> =
  Relation extends TableName<Tables>
    ? `${Name} has no relation ${Relation}, or several: choose one by the options by and many`
    : `${Name} has no relation ${Relation}`;

/** The rows of table `Name` that `insert` accepts; a column that the scope stamps may be omitted. */
export type InsertOf<Tables, Name extends TableName<Tables>> = KnownTables<Tables>[Name] extends {
  insert: infer Row;
  stamped: infer Columns;
}
  ? StampedRow<Row, keyof Columns>
  : KnownTables<Tables>[Name] extends { insert: infer Row }
    ? Row
    : never;

// A view without rows to insert has the type never, which no mapped type keeps.
type StampedRow<Row, Column extends PropertyKey> = [Row] extends [never]
  ? never
  : Omit<Row, Column> & Partial<Pick<Row, Column & keyof Row>>;

/** The changes of table `Name` that `update` accepts. */
export type UpdateOf<Tables, Name extends TableName<Tables>> = KnownTables<Tables>[Name] extends {
  update: infer Row;
}
  ? Row
  : never;

/** The primary key's columns, by which `update` finds a row. */
export type KeyRowOf<Tables, Name extends TableName<Tables>> = KnownTables<Tables>[Name] extends {
  keyRow: infer Row;
}
  ? Row
  : object;

/** The key in a row of `update`; a column that the scope has may be omitted. */
export type RowKeyOf<Tables, Name extends TableName<Tables>> = KnownTables<Tables>[Name] extends {
  stamped: infer Columns;
}
  ? StampedRow<KeyRowOf<Tables, Name>, keyof Columns>
  : KeyRowOf<Tables, Name>;

/** The primary key of table `Name`. */
export type KeyOf<Tables, Name extends TableName<Tables>> = KnownTables<Tables>[Name] extends {
  key: infer Key;
}
  ? Key
  : never;

/** The primary key as a value, or as an array in key order. */
export type KeyValueOf<Tables, Name extends TableName<Tables>> = Exclude<
  KeyOf<Tables, Name>,
  KeyRowOf<Tables, Name>
>;

export type ColumnName<Tables, Name extends TableName<Tables>> = keyof RowOf<Tables, Name> & string;

/**
 * What `orderBy` accepts for table `Name`: its columns, and those of the tables that it refers to. Of a path of several steps
 * only the first two are checked, because all paths would cost compile time.
 */
export type SortName<Tables, Name extends TableName<Tables>> =
  | (keyof FilterOf<Tables, Name> & string)
  | RelatedSort<Tables, ReferencesOf<KnownTables<Tables>[Name]>>;

/** The steps from a row to one row that it refers to → the table of this row. */
type ReferencesOf<Table> = (Table extends { relations: infer Relations }
  ? {
      [Relation in keyof Relations & string as Relations[Relation] extends { many: false }
        ? Relation
        : never]: Relations[Relation] extends { table: infer Related } ? Related : never;
    }
  : unknown) &
  (Table extends { references: infer References } ? References : unknown);

type RelatedSort<Tables, References> = {
  [Step in keyof References & string]: References[Step] extends TableName<Tables>
    ?
        | `${Step}.${ColumnName<Tables, References[Step]>}`
        | `${Step}.${keyof ReferencesOf<KnownTables<Tables>[References[Step]]> & string}.${string}`
    : never;
}[keyof References & string];

/** The value of an aggregate of rows. */
export type AggregateValue<Row, Wanted> = Wanted extends { readonly min: infer Column }
  ? Row[Column & keyof Row] | null
  : Wanted extends { readonly max: infer Column }
    ? Row[Column & keyof Row] | null
    : Wanted extends { readonly sum: string } | { readonly avg: string }
      ? string | number | bigint | null
      : number;
