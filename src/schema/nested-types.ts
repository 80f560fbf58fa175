import type { RelatedOf } from "./included.ts";
import type { ColumnName, InsertOf, RowOf, TableName } from "./tables.ts";

/** What `insert` accepts for table `Name` with an `include`: a row with nested rows. */
export type NestedInsert<Tables, Name extends TableName<Tables>, Include> = NestedRow<
  Tables,
  Name,
  Include,
  never
>;

/** The stored row of an insert with its nested rows: arrays of rows that refer to it, and the rows that it refers to. */
export type NestedResult<Row, Tables, Name extends TableName<Tables>, Include> = [keyof Include] extends [
  never,
]
  ? Row
  : Row & StoredMany<Tables, Name, Include> & StoredOne<Tables, Name, Include>;

type StoredMany<Tables, Name extends TableName<Tables>, Include> = {
  [Relation in keyof Include & string as Extract<
    Relation,
    NamesOf<"many", Tables, Name, Include>
  >]: StoredRow<Tables, RelatedOf<Tables, Name, Relation, Include[Relation]>, Include[Relation]>[];
};

// Missing if the row did not contain it.
type StoredOne<Tables, Name extends TableName<Tables>, Include> = {
  [Relation in keyof Include & string as Exclude<
    Relation,
    NamesOf<"many", Tables, Name, Include>
  >]?: StoredRow<Tables, RelatedOf<Tables, Name, Relation, Include[Relation]>, Include[Relation]>;
};

type StoredRow<Tables, Related, Options> = Related extends { table: infer Table extends TableName<Tables> }
  ? unknown extends RowOf<Tables, Table>
    ? unknown
    : NestedResult<
        Options extends { readonly select: readonly (infer Column)[] }
          ? Pick<RowOf<Tables, Table>, Column & ColumnName<Tables, Table>>
          : RowOf<Tables, Table>,
        Tables,
        Table,
        InnerInclude<Options>
      >
  : unknown;

/** The relations of an include of which there are many rows, one, or an unknown number because no module is generated. */
type NamesOf<Kind, Tables, Name extends TableName<Tables>, Include> = {
  [Relation in keyof Include & string]: KindOf<
    RelatedOf<Tables, Name, Relation, Include[Relation]>
  > extends Kind
    ? Relation
    : never;
}[keyof Include & string];

type KindOf<Related> = Related extends { many: true }
  ? "many"
  : Related extends { many: false }
    ? "one"
    : "unknown";

// `Linked` are the columns whose values come from the row around it.
type NestedRow<Tables, Name extends TableName<Tables>, Include, Linked> = OwnColumns<
  InsertOf<Tables, Name>,
  Linked,
  ReferringColumns<Tables, Name, Include>
> & {
  readonly [Relation in keyof Include & string]?: RelatedRows<
    Tables,
    RelatedOf<Tables, Name, Relation, Include[Relation]>,
    Include[Relation]
  >;
};

type OwnColumns<Row, Linked, Optional> = string extends keyof Row
  ? Row
  : Omit<Row, (Linked | Optional) & PropertyKey> & Partial<Pick<Row, Exclude<Optional, Linked> & keyof Row>>;

// The columns by which a row refers to its nested rows, which give them their values. The columns are not known if the
// options spell the relation out.
type ReferringColumns<Tables, Name extends TableName<Tables>, Include> = {
  [Relation in NamesOf<"one" | "unknown", Tables, Name, Include>]: ColumnsOf<
    RelatedOf<Tables, Name, Relation, Include[Relation & keyof Include]>,
    ColumnName<Tables, Name>
  >;
}[NamesOf<"one" | "unknown", Tables, Name, Include>];

type ColumnsOf<Related, Unknown> = Related extends { columns: infer Columns } ? Columns : Unknown;

type RelatedRows<Tables, Related, Options> = Related extends { table: infer Table extends TableName<Tables> }
  ? KindOf<Related> extends "many"
    ? readonly RowAround<Tables, Table, Related, Options>[]
    : KindOf<Related> extends "one"
      ? NestedRow<Tables, Table, InnerInclude<Options>, never> | null | undefined
      : unknown
  : unknown;

type RowAround<Tables, Table extends TableName<Tables>, Related, Options> = Related extends {
  columns: infer Columns;
}
  ? NestedRow<Tables, Table, InnerInclude<Options>, Columns>
  : Partial<NestedRow<Tables, Table, InnerInclude<Options>, never>>;

type InnerInclude<Options> = Options extends { readonly include: infer Inner } ? Inner : Record<never, never>;
