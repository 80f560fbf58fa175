import { isSystemType } from "../../schema/pg-type.ts";
import { relationId } from "../../schema/relation-name.ts";
import type { AnySchema, Relation } from "../../schema/snapshot.ts";
import { isSame, pairByName } from "./compare.ts";
import { missingFunctionSteps, usedFunctionSteps } from "./function-steps.ts";
import type { MigrationPlan } from "./migration-plan.ts";
import { type MigrationStep, manualStep } from "./migration-step.ts";
import { missingObjectSteps } from "./object-plan.ts";
import { computesValues } from "./row-types.ts";
import type { TablePlan } from "./table-plan.ts";
import { partIds } from "./type-names.ts";

/** Notes about differences for which the snapshots do not contain the SQL. */
export function manualSteps({ from, to, objects }: MigrationPlan): readonly MigrationStep[] {
  return [
    ...missingFunctionSteps(from, to),
    ...usedFunctionSteps(from, to),
    ...missingObjectSteps(objects),
    ...pairByName(from.relations, to.relations, relationId).flatMap(({ before, after }) =>
      after === undefined ? [] : foreignTableSteps(before, after),
    ),
    ...pairByName(from.collations, to.collations, relationId).flatMap(({ before, after }) =>
      before === undefined || after === undefined || isSame(before, after, ["comment"])
        ? []
        : [manualStep(`recreate collation ${after.schema}.${after.name}, because no ALTER changes it`)],
    ),
    ...baseTypes(to)
      .filter(key => from.types[key] === undefined)
      .map(key => manualStep(`create base type ${key}`)),
  ];
}

function foreignTableSteps(before: Relation | undefined, after: Relation): readonly MigrationStep[] {
  if (after.kind !== "foreign" || (before !== undefined && isSame(before.columns, after.columns))) return [];
  return [
    manualStep(`${before === undefined ? "create" : "change"} foreign table ${after.schema}.${after.name}`),
  ];
}

/** Names the columns of a table's row type, because PostgreSQL then rejects changes of the table that compute values. */
export function rowTypeSteps(
  from: AnySchema,
  to: AnySchema,
  tables: readonly TablePlan[],
): readonly MigrationStep[] {
  const rewritten = new Map(
    tables
      .filter(table => computesValues(to, table))
      .map(({ before }) => [relationId(before), before] as const),
  );
  return tables.flatMap(({ before: table, dropped }) =>
    table.columns
      .filter(column => !dropped.includes(column))
      .flatMap(column =>
        [...partIds(from.types, column.typeKey)]
          .flatMap(id => rewritten.get(id) ?? [])
          .map(one =>
            manualStep(
              `drop column ${table.schema}.${table.name}.${column.name}, which has rows of ${one.schema}.${one.name}, and recreate it after this migration`,
            ),
          ),
      ),
  );
}

function baseTypes({ types }: AnySchema): readonly string[] {
  return Object.keys(types).filter(key => {
    const type = types[key]!;
    return type.kind === "base" && !isSystemType(type) && type.extension === null;
  });
}
