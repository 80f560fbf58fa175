import type { Distribution } from "../distribution.ts";
import { type Engine, type EngineFacts, engineOf } from "../engine.ts";
import type { SessionSettings } from "../exact-settings.ts";
import { byName } from "../relation-name.ts";
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
  const chosen = allRows(catalog.schema).filter(({ 4: isChosen }) => isChosen === 1);
  const facts = JSON.parse(findRow(catalog.server, 0)![7]) as Omit<ServerFacts, "schemas">;
  return { ...facts, schemas: chosen.map(row => row[7]).toSorted(byName) };
}

/** The name of a schema as the snapshot has it, `pg_temp` for temporary tables. */
export function schemaName({ schema }: Catalog, oid: number): string {
  return findRow(schema, oid)?.[7] ?? "";
}

/** The name of a schema in pg_namespace. */
export function realSchemaName({ schema }: Catalog, oid: number): string {
  return findRow(schema, oid)?.[8] ?? "";
}

/** A name as SQL, with its schema unless that is pg_catalog: `"de-x-icu"`. */
export function nameSql({ schema }: Catalog, oid: number, quotedName: string): string {
  return `${findRow(schema, oid)?.[9] ?? ""}${quotedName}`;
}

/** The schema and name of a relation, or of a table that only a foreign key refers to. */
export function relationName(catalog: Catalog, oid: number): RelationName {
  const read = findRow(catalog.relation, oid);
  const other = findRow(catalog.target, oid);
  return {
    schema: schemaName(catalog, read?.[2] ?? other?.[2] ?? 0),
    name: read?.[7] ?? other?.[8] ?? "",
  };
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

// The oids of catalogs, equal on every server.
export const CATALOGS = {
  type: 1247,
  function: 1255,
  relation: 1259,
  constraint: 2606,
  schema: 2615,
  trigger: 2620,
  extension: 3079,
  statistics: 3381,
  collation: 3456,
} as const;

/** The comment of an object or column. */
export function commentOf(
  { comment }: Catalog,
  kind: keyof typeof CATALOGS | number,
  oid: number,
  position = 0,
): string | null {
  const number = typeof kind === "number" ? kind : CATALOGS[kind];
  const row = comment.get(oid)?.find(({ 2: catalog, 4: of }) => catalog === number && of === position);
  return row?.[7] ?? null;
}

/** The name of the extension that has created an object. */
export function extensionOf(catalog: Catalog, kind: keyof typeof CATALOGS, oid: number): string | null {
  return extensionsOf(catalog, kind, oid)[0] ?? null;
}

/** The extension of an object, or the extensions that an extension requires. */
export function extensionsOf(
  { member, installed }: Catalog,
  kind: keyof typeof CATALOGS,
  oid: number,
): readonly string[] {
  const rows = (member.get(oid) ?? []).filter(({ 2: catalog }) => catalog === CATALOGS[kind]);
  return rows.map(row => findRow(installed, row[3])?.[7] ?? "");
}

/** The collation of a column or domain as SQL; null if it is the default of the type. */
export function ownCollation(catalog: Catalog, typeOid: number, oid: number): string | null {
  return findRow(catalog.type, typeOid)?.[3] === oid ? null : collationSql(catalog, oid);
}

export function collationSql(catalog: Catalog, oid: number): string | null {
  const row = findRow(catalog.collation, oid);
  return row === undefined ? null : nameSql(catalog, row[2], row[7]);
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
