import type { ColumnName, FilterOf, TableName } from "../schema/tables.ts";
import type { Where } from "./operators.ts";
import type { OrderBy } from "./order.ts";

/** An include checked at every level: its relations, unless the options spell them out, their columns and filters. */
export type KnownRelations<Tables, Name extends TableName<Tables>, Include> = {
  readonly [Relation in keyof Include & string]: Include[Relation] extends { readonly table: infer Table }
    ? Table extends TableName<Tables>
      ? KnownOptions<Tables, Table, Include[Relation]>
      : `there is no table ${Table & string}`
    : Tables[Name] extends { relations: infer Relations }
      ? Relation extends keyof Relations
        ? Relations[Relation] extends { table: infer Related extends TableName<Tables> }
          ? KnownOptions<Tables, Related, Include[Relation]>
          : unknown
        : `${Name} has no relation ${Relation}`
      : unknown;
};

type KnownOptions<Tables, Related extends TableName<Tables>, Options> = Options extends true
  ? true
  : {
      readonly select?: readonly ColumnName<Tables, Related>[];
      readonly where?: Where<FilterOf<Tables, Related>>;
      readonly orderBy?: OrderBy<ColumnName<Tables, Related>>;
      readonly include?: Options extends { readonly include: infer Inner }
        ? KnownRelations<Tables, Related, Inner>
        : unknown;
    };
