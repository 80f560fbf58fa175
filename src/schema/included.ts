import type { AggregateValue, ColumnName, KnownTables, RowOf, TableName } from "./tables.ts";

/** The values that `include` adds to the rows of table `Name`: arrays, single rows or null, numbers. */
export type Included<Tables, Name extends TableName<Tables>, Include> = {
  [Relation in keyof Include & string]: IncludedValue<Tables, Name, Relation, Include[Relation]>;
};

/** A row with what `include` adds to it; the row itself without an include. */
export type WithIncluded<Row, Tables, Name extends TableName<Tables>, Include> = string extends keyof Include
  ? Row
  : [keyof Include] extends [never]
    ? Row
    : Row & Included<Tables, Name, Include>;

type IncludedValue<
  Tables,
  Name extends TableName<Tables>,
  Relation extends string,
  Options,
> = Options extends {
  readonly count: true;
}
  ? number
  : Options extends { readonly aggregates: infer Aggregates }
    ? IncludedAggregates<Tables, RelatedOf<Tables, Name, Relation, Options>, Aggregates>
    : RelatedOf<Tables, Name, Relation, Options> extends { table: infer Related; many: infer Many }
      ? Related extends TableName<Tables>
        ? unknown extends Many
          ? unknown
          : Many extends true
            ? IncludedRow<Tables, Related, Options>[]
            : IncludedRow<Tables, Related, Options> | null
        : unknown
      : unknown;

type IncludedAggregates<Tables, Related, Aggregates> = {
  [Result in keyof Aggregates]: Related extends { table: infer Table extends TableName<Tables> }
    ? AggregateValue<RowOf<Tables, Table>, Aggregates[Result]>
    : unknown;
};

type IncludedRow<Tables, Related extends TableName<Tables>, Options> = (Options extends {
  readonly select: readonly (infer Column)[];
}
  ? Pick<RowOf<Tables, Related>, Column & ColumnName<Tables, Related>>
  : RowOf<Tables, Related>) &
  (Options extends { readonly include: infer Inner } ? Included<Tables, Related, Inner> : unknown);

// A relation of the generated module, or one that the options spell out.
export type RelatedOf<
  Tables,
  Name extends TableName<Tables>,
  Relation extends string,
  Options,
> = Options extends {
  readonly table: infer Table;
}
  ? { table: Table; many: ManyOf<Tables, Name, Table, Options> }
  : KnownTables<Tables>[Name] extends { relations: infer Relations }
    ? Relation extends keyof Relations
      ? Relations[Relation]
      : Options extends ChosenLink
        ? { table: Relation; many: ManyOf<Tables, Name, Relation, Options> }
        : unknown
    : unknown;

/** Options that choose one of several relations to a table, or state one that no foreign key has. */
export type ChosenLink =
  | { readonly by: string }
  | { readonly through: string }
  | { readonly many: boolean }
  | { readonly on: object };

// Without `many`, rows that `on` or a junction table relates are many, and a renamed relation is like the one of the module.
type ManyOf<Tables, Name extends TableName<Tables>, Table, Options> = Options extends {
  readonly many: infer Many;
}
  ? Many
  : Options extends { readonly on: object } | { readonly through: string }
    ? true
    : Options extends { readonly by: infer By }
      ? ManyBy<Tables, Name, Table, By>
      : KnownTables<Tables>[Name] extends { relations: infer Relations }
        ? Table extends keyof Relations
          ? Relations[Table] extends { many: infer Many }
            ? Many
            : unknown
          : unknown
        : unknown;

// The foreign key is one of several of the row's own table, or of the related one; a table that refers to itself has both sides.
type ManyBy<Tables, Name extends TableName<Tables>, Table, By> = [Table] extends [Name]
  ? unknown
  : By extends keyof ChoicesOf<KnownTables<Tables>[Name]>
    ? false
    : Table extends TableName<Tables>
      ? By extends keyof ChoicesOf<KnownTables<Tables>[Table]>
        ? true
        : unknown
      : unknown;

type ChoicesOf<Table> = Table extends { references: infer References } ? References : Record<never, never>;
