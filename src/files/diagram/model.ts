import { foreignKeysTo, referencedRelations } from "../../schema/referrers.ts";
import { relationOf } from "../../schema/relation-of.ts";
import type { AnySchema, Relation } from "../../schema/snapshot.ts";
import { shortTypeName } from "../../types/type-name.ts";

/** A table in a diagram. */
export interface Entity {
  /** `t0`, `t1`, `t2` and so on. */
  readonly id: string;
  readonly name: string;
  readonly comment: string | null;
  readonly columns: readonly EntityColumn[];
}

export interface EntityColumn {
  readonly name: string;
  readonly type: string;
  readonly isKey: boolean;
  readonly isForeign: boolean;
  readonly isNullable: boolean;
}

/** A foreign key between two tables in a diagram. */
export interface EntityLink {
  readonly name: string;
  readonly from: Entity;
  readonly columns: readonly string[];
  readonly to: Entity;
  /** Whether the foreign key can be NULL. */
  readonly isOptional: boolean;
  /** Whether at most one row refers to each row. */
  readonly isUnique: boolean;
}

export interface DiagramModel {
  readonly entities: readonly Entity[];
  readonly links: readonly EntityLink[];
}

/** The given tables and their foreign keys; by default all tables except partitions. */
export function diagramModel(schema: AnySchema, tables: readonly string[] | undefined): DiagramModel {
  const relations =
    tables?.map(name => relationOf(schema, name)) ??
    schema.relations.filter(
      ({ kind, isPartition }) => kind !== "view" && kind !== "materializedView" && !isPartition,
    );
  const entities = new Map(relations.map((relation, index) => [relation, entityOf(relation, `t${index}`)]));
  const links = relations.flatMap(relation =>
    [...referencedRelations(schema, relation)].flatMap(target => {
      const [from, to] = [entities.get(relation)!, entities.get(target)];
      return to === undefined
        ? []
        : foreignKeysTo(relation, target).map(key => ({
            name: key.name,
            from,
            to,
            columns: key.columns,
            isOptional: key.columns.some(name => isNullable(relation, name)),
            isUnique: isUnique(relation, key.columns),
          }));
    }),
  );
  return { entities: [...entities.values()], links };
}

function entityOf(relation: Relation, id: string): Entity {
  const key = new Set(relation.primaryKey?.columns);
  const foreign = new Set(relation.foreignKeys.flatMap(({ columns }) => columns));
  const columns = relation.columns.map(({ name, type }) => ({
    name,
    type: shortTypeName(type),
    isKey: key.has(name),
    isForeign: foreign.has(name),
    isNullable: isNullable(relation, name),
  }));
  return { id, name: relation.key, comment: relation.comment, columns };
}

function isNullable({ columns }: Relation, name: string): boolean {
  return !columns.find(column => column.name === name)!.notNull;
}

function isUnique({ primaryKey, uniqueKeys }: Relation, columns: readonly string[]): boolean {
  const keys = [...(primaryKey ? [primaryKey] : []), ...uniqueKeys];
  return keys.some(
    key =>
      !key.predicate && !key.period && key.valid && key.columns.every(name => columns.includes(name ?? "")),
  );
}
