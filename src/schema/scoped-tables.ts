import type { Rejected } from "./rejected.ts";
import type { KnownTables, TableName } from "./tables.ts";

declare const WITHOUT_SCOPE: unique symbol;

/** The property of scoped tables that leads back to the tables without a scope. */
export interface WithoutScope<Tables> {
  readonly [WITHOUT_SCOPE]: Tables;
}

/**
 * The tables of a scoped snapshot: `insert` takes rows without the columns that the scope stamps. They can stand for the
 * tables without a scope, so that every function of your own that takes a snapshot takes a scoped one.
 */
export type ScopedTables<Tables, Rules, Open = never> = string extends keyof Tables
  ? Tables
  : Tables &
      WithoutScope<UnscopedTables<Tables>> &
      NamedStamps<Tables, Rules> &
      CommonStamps<Tables, Rules, Open>;

/** The tables of a snapshot without its scope. */
export type UnscopedTables<Tables> = Tables extends WithoutScope<infer Bare> ? Bare : Tables;

/** The reason in place of rules without a table, and of tables and columns that do not exist. */
export type UnknownRules<Tables, Rules> = [keyof Rules] extends [never]
  ? Rejected<"rules are empty">
  : NamedRules<Tables, Rules>;

type NamedRules<Tables, Rules> = {
  readonly [Name in keyof Rules]: Name extends "*"
    ? unknown
    : Name extends TableName<Tables>
      ? UnknownColumns<KnownTables<Tables>[Name], Rules[Name]>
      : Rejected<`no table ${Name & string}`>;
};

type UnknownColumns<Table, Rule> = Table extends { row: infer Row }
  ? { readonly [Column in Exclude<keyof Rule & string, keyof Row>]: Rejected<`no column ${Column}`> }
  : unknown;

type NamedStamps<Tables, Rules> = {
  readonly [Name in TableName<Tables> & LiteralKey<Rules>]: Stamped<Rules[Name]>;
};

type CommonStamps<Tables, Rules, Open> = Rules extends { readonly "*": infer Rule }
  ? { readonly [Name in Exclude<TableName<Tables>, Open>]: Stamped<Rule> }
  : unknown;

/** The columns that a scope stamps: a record, so that those of a scope of a scope add up in the intersection of both. */
export interface Stamped<Rule> {
  readonly stamped: { readonly [Column in LiteralKey<Rule>]: true };
}

// A rule that is computed, such as a Record<string, unknown>, says nothing about the columns.
type LiteralKey<Rule> = string extends keyof Rule ? never : keyof Rule & string;
