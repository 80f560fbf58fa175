import { partsOf } from "../../schema/pg-type.ts";
import type { AnySchema, Relation } from "../../schema/snapshot.ts";
import { dependencyOrder, relationId } from "./compare.ts";
import type { MigrationPlan } from "./migration-plan.ts";
import type { MigrationStep } from "./migration-step.ts";
import { createTableSteps } from "./table-steps.ts";
import { createTypeSteps } from "./type-steps.ts";

/** A new type or table. */
interface Creation {
  /** The keys of the types that it uses. */
  readonly uses: readonly string[];
  readonly steps: readonly MigrationStep[];
}

/** Creates types and tables, each after those that it uses: a type may have the row of a table as a part. */
export function creationSteps(plan: MigrationPlan): readonly MigrationStep[] {
  const creations = creationsOf(plan);
  const ordered = dependencyOrder([...creations.values()], ({ uses }) =>
    uses.flatMap(key => creators(plan.to, creations, key)),
  );
  return ordered.flatMap(({ steps }) => steps);
}

/** The new types and tables by the type that comes with them. */
function creationsOf({ to, types, createdTables }: MigrationPlan): ReadonlyMap<string, Creation> {
  return new Map([
    ...types.created.map(key => {
      const type = types.after.get(key)!;
      return [relationId(type), { uses: partsOf(type), steps: createTypeSteps(to, key, type) }] as const;
    }),
    ...createdTables.map(table => [relationId(table), tableCreation(table)] as const),
  ]);
}

function tableCreation(table: Relation): Creation {
  return { uses: table.columns.map(({ typeKey }) => typeKey), steps: createTableSteps(table) };
}

/** What creates a type: it, or the types that an array or multirange consists of. */
function creators(
  schema: Pick<AnySchema, "types">,
  creations: ReadonlyMap<string, Creation>,
  key: string,
): readonly Creation[] {
  const type = schema.types[key];
  if (type === undefined) return [];
  const creation = creations.get(relationId(type));
  if (creation !== undefined) return [creation];
  return partsOf(type).flatMap(part => creators(schema, creations, part));
}
