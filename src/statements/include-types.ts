import type { ColumnName, FilterOf, TableName } from "../schema/tables.ts";
import type { Combination, Where } from "./filter-types.ts";
import type { Fragment } from "./fragment.ts";
import type { OrderBy } from "./order.ts";
import type { LinkOptions } from "./relation-link.ts";

/** Related rows wanted with each row: name → options, or `true` for all their columns. */
export type Include = Readonly<Record<string, true | IncludeOptions>>;

/** Which related rows, and what of them. */
export interface IncludeOptions extends LinkOptions {
  readonly where?: Where;
  /** The columns wanted; all readable ones by default. */
  readonly select?: readonly string[];
  readonly orderBy?: OrderBy;
  /** Rows for each row, from 0. */
  readonly limit?: number;
  /** Rows to leave out first, for each row. */
  readonly offset?: number;
  /** Rows related to these in turn. */
  readonly include?: Include;
  /** Only how many there are. */
  readonly count?: boolean;
}

/** The option `include` of a function that reads rows, checked against a generated module where there is one. */
export interface IncludeOption<Tables, Name extends TableName<Tables>, Wanted> {
  /** Related rows wanted with each row. */
  readonly include?: Wanted & KnownRelations<Tables, Name, Wanted>;
}

// An include checked at every level: its relations, unless the options spell them out, their columns and filters.
type KnownRelations<Tables, Name extends TableName<Tables>, Include> = {
  readonly [Relation in keyof Include & string]: Include[Relation] extends { readonly table: infer Table }
    ? Table extends TableName<Tables>
      ? KnownOptions<Tables, Table, Include[Relation]>
      : Refused<`no table ${Table & string}`>
    : Tables[Name] extends { relations: infer Relations }
      ? Relation extends keyof Relations
        ? Relations[Relation] extends { table: infer Related extends TableName<Tables> }
          ? KnownOptions<Tables, Related, Include[Relation]>
          : unknown
        : Refused<`${Name} has no relation ${Relation}`>
      : unknown;
};

type KnownOptions<Tables, Related extends TableName<Tables>, Options> = Options extends true
  ? true
  : {
      readonly select?: readonly ColumnName<Tables, Related>[];
      readonly where?: Where<FilterOf<Tables, Related>> &
        (Options extends { readonly where: infer Filter }
          ? KnownColumns<FilterOf<Tables, Related>, Filter>
          : unknown);
      readonly orderBy?: OrderBy<ColumnName<Tables, Related>>;
      readonly include?: Options extends { readonly include: infer Inner }
        ? KnownRelations<Tables, Related, Inner>
        : unknown;
    } & {
      readonly [Option in Exclude<
        keyof Options & string,
        keyof IncludeOptions
      >]: Refused<`no option ${Option}`>;
    };

// An object of an inferred type is not searched for columns too many.
type KnownColumns<Row, Filter> = Filter extends Combination | Fragment
  ? unknown
  : { readonly [Column in Exclude<keyof Filter & string, keyof Row>]: Refused<`no column ${Column}`> };

// An object, because the intersection with a text would be `never`, which says nothing.
interface Refused<Reason extends string> {
  readonly "~refused": Reason;
}
