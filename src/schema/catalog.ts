import { PART_NAMES } from "./catalog-query.ts";
import type { PartRows } from "./catalog-rows.ts";
import type { NameLists } from "./name-lists.ts";
import { byName } from "./name-order.ts";
import type { RelationName } from "./snapshot.ts";

/** The rows of the catalog query, part by part, and by the oids that other rows mention. */
export interface Catalog {
  readonly parts: Parts;
  readonly server: ServerFacts;
  /** The schemas that were asked for, in order. */
  readonly schemas: readonly string[];
  /** Of every schema there is. */
  readonly schemaNames: Names;
  /** Of what is read and what foreign keys refer to. */
  readonly relationNames: ReadonlyMap<number, RelationName>;
  readonly nameLists: NameLists;
  /** Relation → attribute number → name. */
  readonly columnNames: ReadonlyMap<number, ColumnNames>;
  readonly columns: Groups<"column">;
  readonly constraints: Groups<"constraint">;
  readonly indexes: Groups<"index">;
  readonly parents: Groups<"parent">;
  readonly sources: Groups<"source">;
  /** Relation → attribute number → row, where there is one. */
  readonly access: Pairs<"access">;
  readonly identities: Pairs<"sequence">;
  readonly policies: Counts;
  readonly triggers: Counts;
  readonly rules: Counts;
  readonly methods: Names;
  readonly collations: Names;
  readonly operatorClasses: ReadonlyMap<number, PartRows["operatorClass"]>;
  readonly types: ReadonlyMap<number, PartRows["type"]>;
  /** Type → modifier → row. */
  readonly formats: Pairs<"format">;
  /** Object → attribute number or 0 → row. */
  readonly comments: Readonly<Record<keyof typeof CATALOGS, Pairs<"comment">>>;
}

export type Parts = { readonly [Part in keyof PartRows]: readonly PartRows[Part][] };
export type Names = ReadonlyMap<number, string>;
export type ColumnNames = readonly (string | undefined)[];
type Groups<Part extends keyof PartRows> = ReadonlyMap<number, readonly PartRows[Part][]>;
type Pairs<Part extends keyof PartRows> = ReadonlyMap<number, ReadonlyMap<number, PartRows[Part]>>;
type Counts = ReadonlyMap<number, number>;

interface ServerFacts {
  readonly serverVersionNum: number;
  readonly database: string;
  readonly role: string;
  readonly searchPath: readonly string[];
}

// The oids of catalogs that comments are of: the same on every server.
const CATALOGS = { type: 1247, relation: 1259, constraint: 2606 } as const;

/** What the catalog query returned, ready to be looked up. */
export function catalogOf(rows: readonly (readonly unknown[])[]): Catalog {
  const parts = partsOf(rows);
  const schemaNames = namesOf(parts.schema);
  const identities = parts.sequence.filter(row => row[8] === "i");
  return {
    parts,
    server: JSON.parse(parts.server[0]![7]) as ServerFacts,
    schemas: parts.schema
      .filter(row => row[4] === 1)
      .map(row => row[7])
      .toSorted(byName),
    schemaNames,
    relationNames: relationNamesOf(parts, schemaNames),
    nameLists: new Map(),
    columnNames: columnNamesOf(parts),
    columns: Map.groupBy(parts.column, row => row[1]),
    constraints: Map.groupBy(parts.constraint, row => row[2]),
    indexes: Map.groupBy(parts.index, row => row[2]),
    parents: Map.groupBy(parts.parent, row => row[1]),
    sources: Map.groupBy(parts.source, row => row[1]),
    access: pairs(
      parts.access,
      row => row[1],
      row => row[4],
    ),
    identities: pairs(
      identities,
      row => row[3] ?? 0,
      row => row[4] ?? 0,
    ),
    policies: countsOf(parts.policies),
    triggers: countsOf(parts.triggers),
    rules: countsOf(parts.rules),
    methods: namesOf(parts.method),
    collations: namesOf(parts.collation),
    operatorClasses: new Map(parts.operatorClass.map(row => [row[1], row])),
    types: new Map(parts.type.map(row => [row[1], row])),
    formats: pairs(
      parts.format,
      row => row[1],
      row => row[4],
    ),
    comments: {
      type: commentsOf(parts, "type"),
      relation: commentsOf(parts, "relation"),
      constraint: commentsOf(parts, "constraint"),
    },
  };
}

/** A comment of a relation, constraint or type, or of a relation's column. */
export function commentOf(
  { comments }: Catalog,
  kind: keyof typeof CATALOGS,
  oid: number,
  position = 0,
): string | null {
  return comments[kind].get(oid)?.get(position)?.[7] ?? null;
}

/** A column's or domain's collation as SQL, where it is not that of its type. */
export function ownCollation({ types, collations }: Catalog, type: number, collation: number): string | null {
  return types.get(type)?.[3] === collation ? null : (collations.get(collation) ?? null);
}

function partsOf(rows: readonly (readonly unknown[])[]): Parts {
  const parts = PART_NAMES.map((): (readonly unknown[])[] => []);
  for (const row of rows) parts[row[0] as number]!.push(row);
  return Object.fromEntries(PART_NAMES.map((name, number) => [name, parts[number]])) as unknown as Parts;
}

function pairs<Row>(
  rows: readonly Row[],
  first: (row: Row) => number,
  second: (row: Row) => number,
): Map<number, Map<number, Row>> {
  const found = new Map<number, Map<number, Row>>();
  for (const row of rows) {
    const inner = found.get(first(row));
    if (inner === undefined) found.set(first(row), new Map([[second(row), row]]));
    else inner.set(second(row), row);
  }
  return found;
}

function commentsOf({ comment }: Parts, kind: keyof typeof CATALOGS): Pairs<"comment"> {
  return pairs(
    comment.filter(row => row[1] === CATALOGS[kind]),
    row => row[2],
    row => row[4],
  );
}

function countsOf(rows: readonly PartRows["rules"][]): Counts {
  return new Map(rows.map(row => [row[1], row[4]]));
}

function namesOf(rows: readonly (PartRows["schema"] | PartRows["method"])[]): Names {
  return new Map(rows.map(row => [row[1], row[7]]));
}

function relationNamesOf({ relation, target }: Parts, schemas: Names): Catalog["relationNames"] {
  return new Map(
    [...relation, ...target].map(row => [row[1], { schema: schemas.get(row[2]) ?? "", name: row[7] }]),
  );
}

function columnNamesOf({ column, target }: Parts): Catalog["columnNames"] {
  const names = new Map<number, string[]>();
  const add = (relation: number, position: number, name: string): void => {
    const known = names.get(relation);
    if (known === undefined) names.set(relation, Object.assign([], { [position]: name }));
    else known[position] = name;
  };
  for (const row of column) add(row[1], row[4], row[7]);
  for (const row of target) add(row[1], row[4], row[8]);
  return names;
}
