import type { KnownTables, RowOf, TableName } from "../schema/tables.ts";

/** The types of the tables with declared keys, and of the tables that these refer to. */
export type DeclaredTables<Tables, Given> = string extends keyof KnownTables<Tables>
  ? Tables
  : Omit<Tables, Changed<Given>> & {
      readonly [Name in Changed<Given> & keyof Tables]: Omit<Tables[Name], "key" | "keyRow" | "relations"> &
        DistributedKey<
          KeyTypes<Tables, Name & TableName<Tables>, GivenOf<Given, Name>>,
          RowOf<Tables, Name & TableName<Tables>>,
          GivenOf<Given, Name>
        > & {
          readonly relations: Relations<Tables[Name]> &
            References<GivenOf<Given, Name>, Name> &
            Referrers<Given, Name>;
        };
    };

type Changed<Given> = keyof Given | { [Name in keyof Given]: Targets<Given[Name]> }[keyof Given];

type GivenOf<Given, Name> = Name extends keyof Given ? Given[Name] : unknown;

type KeyTypes<Tables, Name extends TableName<Tables>, Given> = Given extends {
  readonly primaryKey: readonly (infer Column)[];
}
  ? KeyOfColumns<{
      readonly [One in Column & keyof RowOf<Tables, Name>]: NonNullable<RowOf<Tables, Name>[One]>;
    }>
  : Pick<KnownTables<Tables>[Name], Extract<keyof KnownTables<Tables>[Name], "key" | "keyRow">>;

/** A key can also have the distribution column. */
type DistributedKey<Keys, Row, Given> = Given extends {
  readonly distribution: { readonly column: infer Column };
}
  ? Keys extends { readonly key: infer Key; readonly keyRow: infer KeyRow }
    ? { readonly key: Key | (KeyRow & Pick<Row, Column & keyof Row>); readonly keyRow: KeyRow }
    : Keys
  : Keys;

/** The key of a declared primary key. */
export interface KeyOfColumns<Row> {
  readonly key: Row | Row[keyof Row] | readonly Row[keyof Row][];
  readonly keyRow: Row;
}

type Relations<Table> = Table extends { readonly relations: infer Known } ? Known : Record<never, never>;

type ForeignKeys<Given> = Given extends { readonly foreignKeys: infer Keys } ? Keys : Record<never, never>;

/** The tables that declared foreign keys refer to. */
type Targets<Given> = {
  [Name in keyof ForeignKeys<Given>]: Target<ForeignKeys<Given>[Name]>;
}[keyof ForeignKeys<Given>];

type Target<Key> = Key extends string
  ? Key
  : Key extends { readonly references: infer Table extends string }
    ? Table
    : never;

type Columns<Name, Key> = Key extends { readonly columns: readonly (infer Column)[] } ? Column : Name;

/** The rows that a row refers to. A self-reference has no name of its own, so `include` has to spell it out. */
type References<Given, Own> = {
  [Name in keyof ForeignKeys<Given> as Exclude<Target<ForeignKeys<Given>[Name]>, Own>]: {
    table: Target<ForeignKeys<Given>[Name]>;
    many: false;
    columns: Columns<Name, ForeignKeys<Given>[Name]>;
  };
};

/** The rows that refer to a row. */
type Referrers<Given, Own> = {
  [Table in Exclude<keyof Given, Own> as Own extends Targets<Given[Table]> ? Table : never]: {
    table: Table;
    many: true;
    columns: ReferringColumns<ForeignKeys<Given[Table]>, Own>;
  };
};

type ReferringColumns<Keys, Own> = {
  [Name in keyof Keys]: Target<Keys[Name]> extends Own ? Columns<Name, Keys[Name]> : never;
}[keyof Keys];
