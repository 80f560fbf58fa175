import { ArgumentError } from "../errors.ts";
import { quoteName } from "../schema/quote.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { commentOn } from "./definition/comment-definition.ts";
import { createEnumType } from "./definition/type-definition.ts";
import { newIdentifier } from "./identifier.ts";
import { newName, requireFree } from "./relation-name.ts";

/** Options of `createEnum`. */
export interface CreateEnumSqlOptions {
  readonly comment?: string;
}

/**
 * The statements of `createEnum`.
 * @param schema a snapshot
 * @param name the new type's name
 * @param labels its values, in their order
 * @param options `comment`
 * @returns the DDL in order
 * @throws ArgumentError when the name is taken, for labels twice or longer than 63 bytes
 * @example `createEnumSql(schema, "mood", ["sad", "happy"])` → `["CREATE TYPE \"public\".\"mood\" AS ENUM ('sad', 'happy')"]`
 */
export function createEnumSql(
  schema: AnySchema,
  name: string,
  labels: readonly string[],
  options: CreateEnumSqlOptions = {},
): readonly string[] {
  const type = newName(schema, name);
  requireFree(schema, type);
  if (new Set(labels).size < labels.length) throw new ArgumentError(`${name}: a label is there twice`);
  for (const label of labels) newIdentifier(label);
  return [
    createEnumType({ ...type, labels }),
    ...(options.comment === undefined ? [] : [commentOn(`TYPE ${quoteName(type)}`, options.comment)]),
  ];
}
