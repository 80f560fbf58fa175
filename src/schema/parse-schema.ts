import { SnapshotError } from "../errors.ts";
import { columnPath } from "./column-path.ts";
import { deepFreeze } from "./deep-freeze.ts";
import { jsonProblemText } from "./json-problem.ts";
import { partsOf } from "./pg-type.ts";
import { requireFormat } from "./require-format.ts";
import { type AnySchema, REFINEMENTS, type Refinements, type SchemaSnapshot } from "./snapshot.ts";
import { snapshotShape } from "./snapshot-shape.ts";
import type { WideTables } from "./tables.ts";

/**
 * Parses a stored snapshot and freezes it.
 * @param json the JSON text, or the parsed value
 * @returns the snapshot
 * @throws SnapshotError with the place if the snapshot is damaged, or if an earlier or later version of rowfn stored it
 * @example `const schema = parseSchema<Tables>(await Bun.file("schema.json").text())`
 */
export function parseSchema<Tables = WideTables>(json: unknown): SchemaSnapshot<Tables> {
  const data = typeof json === "string" ? parseText(json) : cloneData(json);
  requireFormat(data);
  requireShape(data);
  const snapshot = data as SchemaSnapshot<Tables>;
  requireTypes(snapshot);
  requireForms(snapshot);
  requireRules(snapshot);
  const refinements = refinementsOf(json);
  return deepFreeze({ ...snapshot, ...(refinements && { [REFINEMENTS]: refinements }) });
}

// The value may be a snapshot, and structuredClone does not copy symbols.
function refinementsOf(json: unknown): Refinements | undefined {
  return typeof json === "object" && json !== null ? (json as Partial<AnySchema>)[REFINEMENTS] : undefined;
}

function cloneData(json: unknown): unknown {
  try {
    return structuredClone(json);
  } catch (error) {
    throw new SnapshotError("the value is not a rowfn snapshot; load one with loadSchema", {
      cause: error,
    });
  }
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SnapshotError(`the stored snapshot is not valid JSON (${jsonProblemText(text)})`, {
      cause: error,
    });
  }
}

function requireShape(data: unknown): void {
  const damage = snapshotShape()(data);
  if (damage === undefined) return;
  throw new SnapshotError(
    `the stored snapshot is damaged at snapshot${damage.place}: expected ${damage.expected}`,
  );
}

/** Throws SnapshotError if the type of a column, or a part of a type, is missing. */
function requireTypes<Tables>({ relations, types }: SchemaSnapshot<Tables>): void {
  const require = (key: string, user: string): void => {
    if (!Object.hasOwn(types, key))
      throw new SnapshotError(`the stored snapshot is damaged: ${user} has type ${key}, which is missing`);
  };
  for (const relation of relations) {
    for (const column of relation.columns) require(column.typeKey, `${relation.key}.${column.name}`);
  }
  for (const [key, type] of Object.entries(types))
    for (const part of partsOf(type)) require(part, `type ${key}`);
}

/** Throws SnapshotError if a JavaScript form is that of a column that does not exist, or whose path is written differently. */
function requireForms({ relations, jsTypes }: AnySchema): void {
  const wanted = Object.keys(jsTypes.columns);
  if (wanted.length === 0) return;
  const paths = new Set(relations.flatMap(one => one.columns.map(({ name }) => columnPath(one, name))));
  const unknown = wanted.find(path => !paths.has(path));
  if (unknown !== undefined)
    throw new SnapshotError(
      `the stored snapshot has a JavaScript form for ${unknown}, which is not the path of a column; load the snapshot again`,
    );
}

/** Throws SnapshotError if the scope names a table or column that does not exist, or has an empty rule. */
function requireRules<Tables>({ relations, scope }: SchemaSnapshot<Tables>): void {
  for (const [table, rule] of Object.entries(scope)) {
    const columns = relations.find(({ key }) => key === table)?.columns ?? [];
    const names = Object.keys(rule);
    if (names.length > 0 && names.every(name => columns.some(column => column.name === name))) continue;
    throw new SnapshotError(
      `the stored snapshot is damaged: the scope has a rule for ${table} (${names.join(", ")}), which does not exist`,
    );
  }
}
