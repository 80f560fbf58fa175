import type { SqlHandle } from "../../driver/handle.ts";
import { ArgumentError, UnknownNameError } from "../../errors.ts";
import {
  type OptionNames,
  requireOptions,
  requireSnapshot,
  requireUnscoped,
  SEND_OPTIONS,
} from "../../schema/arguments.ts";
import { nearest } from "../../schema/nearest.ts";
import { newIdentifier } from "../../schema/new-identifier.ts";
import type { AnySchema, SchemaSnapshot } from "../../schema/snapshot.ts";
import { describeValue } from "../../types/problem.ts";
import { type ChangeOptions, createUnlessExists } from "../change-schema.ts";
import { enumNamed } from "../define/existing-name.ts";
import { addLabelSql } from "../define/type-definition.ts";

/** Options of `addEnumValue`: the new label's place; default: after the last label. */
export interface AddEnumValueOptions extends ChangeOptions {
  /** Do nothing if the label exists, in whatever place. */
  readonly ifNotExists?: boolean;
  /** The label that the new one precedes. */
  readonly before?: string;
  /** The label that the new one follows. */
  readonly after?: string;
}

const ADD_ENUM_VALUE_OPTIONS: OptionNames<AddEnumValueOptions> = {
  ifNotExists: true,
  before: true,
  after: true,
  ...SEND_OPTIONS,
};

/**
 * The statement of `addEnumValue`.
 * @param schema a snapshot
 * @param name the enum's name
 * @param label the new label
 * @param options `before` or `after` an existing label; `ifNotExists`
 * @returns the DDL
 * @throws UnknownNameError for an unknown type or label; ArgumentError if the label exists
 * @example `addEnumValueSql(schema, "customer_tier", "trial", { before: "free" })` →
 * `["ALTER TYPE \"public\".\"customer_tier\" ADD VALUE 'trial' BEFORE 'free'"]`
 */
export function addEnumValueSql(
  schema: AnySchema,
  name: string,
  label: string,
  options: AddEnumValueOptions = {},
): readonly string[] {
  requireSnapshot(schema);
  requireOptions("addEnumValue", options, ADD_ENUM_VALUE_OPTIONS);
  const type = enumNamed(schema, name);
  const { before, after } = options;
  if (before !== undefined && after !== undefined)
    throw new ArgumentError(`${name}: before and after cannot be combined; choose one`);
  const { ifNotExists = false } = options;
  if (!ifNotExists && type.labels.includes(newIdentifier(label)))
    throw new ArgumentError(`${name}: label ${JSON.stringify(label)} already exists`);
  const neighbor = before ?? after;
  if (neighbor !== undefined && !type.labels.includes(neighbor))
    throw new UnknownNameError(
      `${name} has no label ${describeValue(neighbor)}${nearest(String(neighbor), type.labels)}`,
    );
  return [addLabelSql(type, label, options)];
}

/**
 * Adds a label to an enum. Inside the caller's transaction no row can have the label before the commit (manual, ALTER TYPE).
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param name the enum's name
 * @param label the new label
 * @param options `before` or `after` an existing label, default: after the last label; `ifNotExists: true` does nothing if the
 * label exists, in whatever place; `onStatement`
 * @returns the new snapshot
 * @throws UnknownNameError for an unknown type or label; ArgumentError if the label exists; ScopeError; QueryError
 * @example `schema = await addEnumValue(sql, schema, "customer_tier", "trial", { before: "free" })`
 */
export async function addEnumValue<Tables>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  name: string,
  label: string,
  options?: AddEnumValueOptions,
): Promise<SchemaSnapshot<Tables>> {
  requireUnscoped(schema);
  const statementsOf = (current: AnySchema): readonly string[] =>
    addEnumValueSql(current, name, label, options);
  return await createUnlessExists(sql, schema, name, statementsOf, options);
}
