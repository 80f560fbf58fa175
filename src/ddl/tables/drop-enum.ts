import type { SqlHandle } from "../../driver/handle.ts";
import {
  type OptionNames,
  requireOptions,
  requireSnapshot,
  requireUnscoped,
  SEND_OPTIONS,
} from "../../schema/arguments.ts";
import { partsOf } from "../../schema/pg-type.ts";
import { quoteName } from "../../schema/quote.ts";
import type { AnySchema, SchemaSnapshot } from "../../schema/snapshot.ts";
import { type ChangeOptions, changeSchema } from "../change-schema.ts";
import { userTypeKey } from "../define/column-type.ts";
import { enumNamed } from "../define/existing-name.ts";
import { newName } from "../define/new-name.ts";
import { cascadeAdvice, type Dependent, reference, requireNoDependents } from "../dependents.ts";

/** Options of `dropEnum`. */
export interface DropEnumOptions extends ChangeOptions {
  /** Do nothing if the enum does not exist. */
  readonly ifExists?: boolean;
  /** Drop also the columns and types that have the enum. */
  readonly cascade?: boolean;
}

const DROP_ENUM_OPTIONS: OptionNames<DropEnumOptions> = { ifExists: true, cascade: true, ...SEND_OPTIONS };

/**
 * The statement of `dropEnum`.
 * @param schema a snapshot
 * @param name the enum's name
 * @param options `cascade`, `ifExists`
 * @returns the DDL
 * @throws ArgumentError that lists the columns and types that have the enum, if any do, without `cascade`; UnknownNameError
 * @example `dropEnumSql(schema, "customer_tier", { cascade: true })` → `['DROP TYPE "public"."customer_tier" CASCADE']`
 */
export function dropEnumSql(
  schema: AnySchema,
  name: string,
  options: DropEnumOptions = {},
): readonly string[] {
  requireSnapshot(schema);
  requireOptions("dropEnum", options, DROP_ENUM_OPTIONS);
  const cascade = options.cascade === true;
  const condition = options.ifExists === true ? "IF EXISTS " : "";
  const key = userTypeKey(schema, name);
  // Another session may have created it since the snapshot was read.
  const isMissing = options.ifExists === true && key === undefined;
  const type = isMissing ? newName(schema, name) : enumNamed(schema, name);
  if (!cascade && key !== undefined)
    requireNoDependents(name, "this enum", enumDependents(schema, key), cascadeAdvice);
  return [`DROP TYPE ${condition}${quoteName(type)}${cascade ? " CASCADE" : ""}`];
}

/** The columns and types that have the enum, also in an array, a domain or a composite type. */
function enumDependents({ types, relations }: AnySchema, key: string): readonly Dependent[] {
  const keys = new Set([key]);
  // Iterating a set also visits keys that the loop adds.
  for (const one of keys)
    for (const [other, type] of Object.entries(types)) if (partsOf(type).includes(one)) keys.add(other);
  const named = [...keys].filter(other => other !== key && types[other]!.kind !== "array");
  const columns = relations
    .filter(({ kind }) => kind !== "view" && kind !== "materializedView")
    .flatMap(relation =>
      relation.columns.filter(({ typeKey }) => keys.has(typeKey)).map(one => `${relation.key}.${one.name}`),
    );
  return [...named.map(other => `type ${other}`), ...columns.map(column => `column ${column}`)].map(label =>
    reference("", label, label),
  );
}

/**
 * Drops an enum.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param name the enum's name
 * @param options `cascade: true` drops also the columns and types that have the enum, with the columns' values;
 * `ifExists: true` does nothing if the enum does not exist; `onStatement`
 * @returns the new snapshot
 * @throws ArgumentError that lists the columns and types that have the enum, if any do, without `cascade`; ScopeError;
 * UnknownNameError; QueryError
 * @example `schema = await dropEnum(sql, schema, "customer_tier", { cascade: true })`
 */
export async function dropEnum<Tables>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  name: string,
  options?: DropEnumOptions,
): Promise<SchemaSnapshot<Tables>> {
  requireUnscoped(schema);
  return await changeSchema(sql, schema, dropEnumSql(schema, name, options), options);
}
