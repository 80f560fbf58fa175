import type { Distribution } from "../distribution.ts";
import { type Engine, type EngineFacts, engineOf } from "../engine.ts";
import type { SessionSettings } from "../exact-settings.ts";
import type { RelationName } from "../snapshot.ts";
import { readDistributions } from "./distributions.ts";
import { PART_NAMES } from "./query.ts";
import type { PartRows, ServerFacts } from "./rows.ts";

/** The rows of the catalog query by part, then by the oid in their second cell. */
export type Catalog = { readonly [Part in keyof PartRows]: Groups<PartRows[Part]> } & {
  readonly nameLists: NameLists;
  readonly path: SearchPath;
};

/** The caller's search path and the relations on it. */
interface SearchPath {
  readonly session: SessionSettings;
  readonly engine: Engine;
  /** By the oid of the table. */
  readonly distributions: ReadonlyMap<number, Distribution>;
  /** As `noteMark` of src/schema/pooler.ts takes it. */
  readonly mark: string | null;
  readonly searchPath: readonly string[];
  /** The oids of the relations that it finds by their names alone. */
  readonly visible: ReadonlySet<number>;
}

type Groups<Row> = ReadonlyMap<number, readonly Row[]>;

/** Groups the rows of the catalog query for look-ups; `path` is the row of `searchPathSql`. */
export function catalogOf(rows: readonly (readonly unknown[])[], path: string): Catalog {
  const parts = PART_NAMES.map((): Map<unknown, (readonly unknown[])[]> => new Map());
  for (const row of rows) {
    const part = parts[row[0] as number]!;
    const group = part.get(row[1]);
    if (group === undefined) part.set(row[1], [row]);
    else group.push(row);
  }
  const named = PART_NAMES.map((name, number) => [name, parts[number]]);
  const { session, engine, distribution, mark, searchPath, visible } = JSON.parse(path) as {
    session: SessionSettings;
    engine: EngineFacts;
    distribution: string | null;
    mark: string | null;
    searchPath: string[];
    visible: number[];
  };
  return {
    ...Object.fromEntries(named),
    nameLists: new Map(),
    path: {
      ...{ session, engine: engineOf(engine), mark, searchPath, visible: new Set(visible) },
      distributions: readDistributions(distribution),
    },
  } as Catalog;
}

export function allRows<Row>(groups: Groups<Row>): readonly Row[] {
  return [...groups.values()].flat();
}

export function findRow<Row>(groups: Groups<Row>, oid: number): Row | undefined {
  return groups.get(oid)?.[0];
}

export function serverOf(catalog: Catalog): ServerFacts {
  return JSON.parse(findRow(catalog.server, 0)![7]) as ServerFacts;
}

/** The schema and name of a relation, or of a table that only a foreign key refers to. */
export function relationName({ relation, schema, target }: Catalog, oid: number): RelationName {
  const read = findRow(relation, oid);
  const other = findRow(target, oid);
  const oidOfSchema = read?.[2] ?? other?.[2] ?? 0;
  return { schema: findRow(schema, oidOfSchema)?.[7] ?? "", name: read?.[7] ?? other?.[8] ?? "" };
}

/** The column names of attribute numbers; null for 0, which is an expression. */
export function columnNames(
  catalog: Catalog,
  oid: number,
  numbers: readonly number[],
): readonly (string | null)[] {
  const columns = catalog.column.get(oid) ?? catalog.target.get(oid) ?? [];
  return sharedNames(
    catalog.nameLists,
    numbers.map(number => columns.find(row => row[4] === number)?.[7] ?? null),
  );
}

// The oids of the catalogs that have comments, equal on every server.
const CATALOGS = {
  type: 1247,
  function: 1255,
  relation: 1259,
  constraint: 2606,
  schema: 2615,
  trigger: 2620,
} as const;

/** The comment of an object or column. */
export function commentOf(
  { comment }: Catalog,
  kind: keyof typeof CATALOGS,
  oid: number,
  position = 0,
): string | null {
  const row = comment
    .get(oid)
    ?.find(({ 2: catalog, 4: of }) => catalog === CATALOGS[kind] && of === position);
  return row?.[7] ?? null;
}

/** The collation of a column or domain as SQL; null if it is the default of the type. */
export function ownCollation({ type, collation }: Catalog, typeOid: number, oid: number): string | null {
  return findRow(type, typeOid)?.[3] === oid ? null : (findRow(collation, oid)?.[7] ?? null);
}

/** Lists of names by content. */
export type NameLists = Map<string, readonly (string | null)[]>;

/** Returns one list for equal names. Many keys are just `id`, and freezing a list takes as long as creating it. */
function sharedNames<Name extends string | null>(lists: NameLists, names: readonly Name[]): readonly Name[] {
  if (names.length === 0) return names;
  const content = names.join("\0");
  const known = lists.get(content);
  if (known !== undefined) return known as readonly Name[];
  lists.set(content, names);
  return names;
}

/** The numbers of an int2[] or int2vector as PostgreSQL prints them: `{2,1}`, `2 1`. */
export function intList(text: string | null): readonly number[] {
  return text?.match(/-?\d+/g)?.map(Number) ?? [];
}
