import type { AnySchema, Relation } from "../../schema/snapshot.ts";
import { isSame, matched } from "./matched.ts";
import { type MigrationStep, manual } from "./migration-step.ts";
import { tableId } from "./tree-plan.ts";

/** What differs and no snapshot can tell how to make. */
export function manualSteps(from: AnySchema, to: AnySchema): readonly MigrationStep[] {
  return [
    ...(isSame(from.searchPath, to.searchPath)
      ? []
      : [manual(`the search path ${from.searchPath.join(", ")} becomes ${to.searchPath.join(", ")}`)]),
    ...matched(from.relations, to.relations, tableId).flatMap(({ before, after }) =>
      after === undefined ? [] : relationNotes(before, after),
    ),
    ...baseTypes(to)
      .filter(key => from.types[key] === undefined)
      .map(key => manual(`type ${key} is a base type without an extension`)),
  ];
}

const NO_TRIGGERS: Relation["triggers"] = { insert: false, update: false, delete: false, instead: false };

function relationNotes(before: Relation | undefined, after: Relation): readonly MigrationStep[] {
  const name = `${after.schema}.${after.name}`;
  if (after.kind === "foreign" && (before === undefined || !isSame(before.columns, after.columns)))
    return [manual(`foreign table ${name}`)];
  const others = [
    ...(isSame(before?.triggers ?? NO_TRIGGERS, after.triggers) ? [] : ["triggers"]),
    ...((before?.policies ?? 0) === after.policies ? [] : ["row security policies"]),
    ...((before?.hasRules ?? false) === after.hasRules ? [] : ["rules"]),
  ];
  return others.length === 0 ? [] : [manual(`${others.join(", ")} of ${name}`)];
}

function baseTypes({ types }: AnySchema): readonly string[] {
  return Object.keys(types).filter(key => {
    const type = types[key]!;
    return type.kind === "base" && type.schema !== "pg_catalog" && type.extension === null;
  });
}
