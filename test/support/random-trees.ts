import type { InsertInclude } from "../../src/index.ts";

/** Random numbers that are reproducible with a seed. */
export type Random = (below: number) => number;

export function randomFrom(seed: number): Random {
  let state = seed;
  return below => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

interface KeyColumn {
  readonly name: string;
  readonly type: string;
  /** The text of a value, unless the database generates it. */
  readonly value?: (number: number) => string;
}

const KEYS: readonly (readonly KeyColumn[])[] = [
  [{ name: "id", type: "int generated always as identity" }],
  [{ name: "id", type: "bigserial" }],
  [{ name: "id", type: "uuid default gen_random_uuid()" }],
  [{ name: "code", type: "text", value: number => `k'${number}` }],
  [
    { name: "k", type: "int", value: number => String(number) },
    { name: "at", type: "timestamptz default clock_timestamp()" },
  ],
];

export interface ForeignKey {
  readonly name: string;
  readonly table: Table;
  readonly target: Table;
  readonly columns: readonly string[];
}

export interface Table {
  readonly name: string;
  readonly key: readonly KeyColumn[];
}

export interface RandomTables {
  readonly tables: readonly Table[];
  readonly foreignKeys: readonly ForeignKey[];
}

/** Tables with keys of all kinds, foreign keys between them, and self-references. */
export function randomTables(random: Random): RandomTables {
  const tables = Array.from({ length: 2 + random(3) }, (_, at) => ({
    name: `t${at}`,
    key: KEYS[random(KEYS.length)]!,
  }));
  const foreignKeys = Array.from({ length: 2 + random(4) }, (_, at): ForeignKey => {
    const [table, target] = [tables[random(tables.length)]!, tables[random(tables.length)]!];
    return { name: `f${at}`, table, target, columns: target.key.map(({ name }) => `f${at}_${name}`) };
  });
  return { tables, foreignKeys };
}

/** The statements that create the tables; each table has a row whose label already exists. */
export function tablesSql({ tables, foreignKeys }: RandomTables): string {
  const create = tables.map(({ name, key }) => {
    const columns = key.map(column => `${column.name} ${column.type}`).join(", ");
    const references = foreignKeys.filter(({ table }) => table.name === name);
    const own = references.flatMap(({ columns: names, target }) =>
      names.map((column, at) => `${column} ${typeOf(target.key[at]!.type)}`),
    );
    const list = [columns, "label text not null unique", "v int default 5", ...own];
    return `create table ${name} (${list.join(", ")}, primary key (${names(key)}));`;
  });
  const link = foreignKeys.map(
    ({ name, table, columns, target }) =>
      `alter table ${table.name} add constraint ${name} foreign key (${columns.join(", ")}) references ${target.name} (${names(target.key)});`,
  );
  const taken = tables.map(({ name, key }) => {
    const given = key.filter(({ value }) => value !== undefined);
    const values = given.map(({ value }) => `'${value!(0).replaceAll("'", "''")}'`);
    return `insert into ${name} (${["label", ...given.map(column => column.name)].join(", ")}) values (${["'taken'", ...values].join(", ")});`;
  });
  return [...create, ...link, ...taken].join("\n");
}

const names = (key: readonly KeyColumn[]): string => key.map(({ name }) => name).join(", ");

const typeOf = (type: string): string =>
  type === "bigserial" ? "bigint" : type.split(/ (?:generated|default) /)[0]!;

export interface Tree {
  readonly table: Table;
  readonly columns: Record<string, string | number>;
  readonly relations: readonly TreeRelation[];
}

export interface TreeRelation {
  readonly by: ForeignKey;
  readonly isMany: boolean;
  readonly rows: readonly Tree[];
}

interface Branch {
  readonly by: ForeignKey;
  readonly isMany: boolean;
  readonly branches: readonly Branch[];
}

/** The relations of a random include. */
function randomBranches(
  random: Random,
  tables: RandomTables,
  table: Table,
  depth: number,
  around?: ForeignKey,
): readonly Branch[] {
  if (depth === 0) return [];
  const choices = tables.foreignKeys.flatMap(by => [
    ...(by.table === table && by !== around ? [{ by, isMany: false, other: by.target }] : []),
    ...(by.target === table ? [{ by, isMany: true, other: by.table }] : []),
  ]);
  return choices
    .filter(() => random(3) > 0)
    .map(({ by, isMany, other }) => ({
      ...{ by, isMany },
      branches: randomBranches(random, tables, other, depth - 1, isMany ? by : undefined),
    }));
}

/**
 * A random include for the tables of a PostgreSQL schema and random rows for it, whose labels and explicit keys are
 * unique.
 */
export function randomTrees(
  random: Random,
  space: string,
  tables: RandomTables,
  nextNumber: () => number,
): { readonly relations: InsertInclude; readonly trees: readonly Tree[] } {
  const table = tables.tables[random(tables.tables.length)]!;
  const branches = randomBranches(random, tables, table, 1 + random(3));
  const trees = Array.from({ length: 1 + random(3) }, () => randomTree(random, table, branches, nextNumber));
  return { relations: includeOf(space, branches), trees };
}

function randomTree(
  random: Random,
  table: Table,
  branches: readonly Branch[],
  nextNumber: () => number,
): Tree {
  const number = nextNumber();
  const given = table.key.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value(number)]]));
  const columns = Object.fromEntries(given.map(([name, text]) => [name, name === "k" ? number : text!]));
  const relations = branches
    .filter(() => random(4) > 0)
    .map(({ by, isMany, branches: inner }) => ({
      ...{ by, isMany },
      rows: Array.from({ length: isMany ? random(4) : 1 }, () =>
        randomTree(random, isMany ? by.table : by.target, inner, nextNumber),
      ),
    }));
  const v = random(2) === 0 ? {} : { v: random(100) };
  return { table, columns: { ...columns, label: `l${number}`, ...v }, relations };
}

export const relationName = ({ name }: ForeignKey, isMany: boolean): string =>
  `${isMany ? "from" : "to"} ${name}`;

function includeOf(space: string, branches: readonly Branch[]): InsertInclude {
  return Object.fromEntries(
    branches.map(({ by, isMany, branches: inner }) => [
      relationName(by, isMany),
      {
        table: `${space}.${(isMany ? by.table : by.target).name}`,
        by: by.name,
        many: isMany,
        include: includeOf(space, inner),
      },
    ]),
  );
}

/** The row with nested rows that `insert` accepts. */
export function rowOf({ columns, relations }: Tree): Record<string, unknown> {
  const nested = relations.map(({ by, isMany, rows }) => [
    relationName(by, isMany),
    isMany ? rows.map(rowOf) : rowOf(rows[0]!),
  ]);
  return { ...columns, ...Object.fromEntries(nested) };
}
