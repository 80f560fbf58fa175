import { ArgumentError } from "../errors.ts";
import { deriveByKey } from "../schema/derived.ts";
import { relationOf } from "../schema/relation-of.ts";
import type { AnySchema, SchemaSnapshot } from "../schema/snapshot.ts";
import { advanceSequencesSql } from "../statements/advance-sequences-sql.ts";
import { overrideIdentity } from "../statements/override-identity.ts";
import { runValues } from "./run-values.ts";
import type { TableContext, WriteContext } from "./write.ts";
import { atomically } from "./write-many.ts";

/** The option `overriding` of inserts and upserts. */
export interface OverridingOptions {
  /**
   * `true` accepts values of GENERATED ALWAYS identity columns, to restore rows with their keys. The sequences of the table
   * then continue beyond the stored values, which requires the UPDATE privilege on them.
   */
  readonly overriding?: boolean;
}

const openSchema = deriveByKey(
  (schema: AnySchema, table: string): AnySchema => overrideIdentity(schema as SchemaSnapshot, table),
);

/** A row that an insert accepts: with `overriding` it may have identity columns, with `alter` columns that do not exist yet. */
export type AcceptedRow<Insert, Row, Options> = [Options] extends [{ readonly alter: true }]
  ? Insert & { readonly [column: string]: unknown }
  : [Options] extends [{ readonly overriding: true }]
    ? Insert & Partial<Omit<Row, keyof Insert>>
    : Insert;

interface OverridingContext extends TableContext {
  readonly options: (TableContext["options"] & OverridingOptions) | undefined;
}

/** The snapshot in which the rows of a write are valid. */
export function writableSchema({ schema, table, options }: OverridingContext): AnySchema {
  if (!options?.overriding) return schema;
  const { kind, key } = relationOf(schema, table);
  if (kind === "view")
    throw new ArgumentError(
      `${key}: overriding requires a table, because a view does not show which sequences must continue; pass overrideIdentity(schema, ${JSON.stringify(key)}), or write to the table`,
    );
  return openSchema(schema, table);
}

/** Runs a write; with `overriding`, the sequences of the table then continue beyond the stored values. */
export function continueSequences<Context extends WriteContext & OverridingContext, Result>(
  context: Context,
  write: (context: Context) => Promise<Result>,
): Promise<Result> {
  const { schema, table, options } = context;
  if (!options?.overriding) return write(context);
  const statements = advanceSequencesSql(schema, relationOf(schema, table));
  return atomically(context, async inner => {
    const result = await write(inner);
    for (const text of statements) await runValues(inner.sql, { text, params: [] }, options);
    return result;
  });
}
