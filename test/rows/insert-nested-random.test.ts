// Random trees on random tables, compared with an oracle that inserts row by row with plain SQL.
import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  ConstraintError,
  insert,
  insertMany,
  loadSchema,
  nest,
  type SchemaSnapshot,
} from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { failure } from "../support/failure.ts";
import {
  type RandomTables,
  randomFrom,
  randomTables,
  randomTrees,
  rowOf,
  type Tree,
  tablesSql,
} from "../support/random-trees.ts";

const SCHEMAS = 25;
const TREES = 40;
// Each driver mode has its own random numbers.
const FIRST = process.env["ROWFN_PREPARE"] === "false" ? 2 : 1;

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

/** Inserts a tree row by row; `linked` are the columns that refer to the parent row. */
async function insertByRow(
  space: string,
  tree: Tree,
  linked: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const columns: Record<string, string> = { ...linked };
  for (const [name, value] of Object.entries(tree.columns)) columns[name] = String(value);
  for (const { by, isMany, rows } of tree.relations) {
    if (isMany) continue;
    const key = await insertByRow(space, rows[0]!);
    for (const [at, name] of by.columns.entries()) columns[name] = key[at]!;
  }
  const names = Object.keys(columns);
  const values = names.map(name => `'${columns[name]!.replaceAll("'", "''")}'`);
  const key = tree.table.key.map(({ name }) => `${name}::text`).join(", ");
  const [stored] = await database.sql
    .unsafe(
      `insert into ${space}.${tree.table.name} (${names.join(", ")}) values (${values.join(", ")}) returning ${key}`,
    )
    .values();
  for (const { by, isMany, rows } of tree.relations)
    for (const row of isMany ? rows : [])
      await insertByRow(
        space,
        row,
        Object.fromEntries(by.columns.map((name, at) => [name, stored[at] as string])),
      );
  return stored as string[];
}

/** All rows with the labels of the rows that they refer to, because generated keys depend on the order. */
async function contents(space: string, { tables, foreignKeys }: RandomTables): Promise<unknown> {
  const reads = tables.map(table => {
    const labels = foreignKeys
      .filter(key => key.table === table)
      .map(({ name, target, columns }) => {
        const same = columns.map((column, at) => `o.${target.key[at]!.name} = t.${column}`).join(" and ");
        return `, (select label from ${space}.${target.name} o where ${same}) as ${name}`;
      });
    const rows = `select label, v${labels.join("")} from ${space}.${table.name} t`;
    return `(select json_agg(r order by r.label) from (${rows}) r)`;
  });
  return [...(await database.sql.unsafe(`select ${reads.join(", ")}`).values())];
}

/** The tree whose last row has an existing label. */
function withExistingLabel(tree: Tree): Tree {
  const at = tree.relations.findLastIndex(({ rows }) => rows.length > 0);
  if (at === -1) return { ...tree, columns: { ...tree.columns, label: "taken" } };
  const relation = tree.relations[at]!;
  const rows = relation.rows.with(-1, withExistingLabel(relation.rows.at(-1)!));
  return { ...tree, relations: tree.relations.with(at, { ...relation, rows }) };
}

async function createTables(tables: RandomTables, ours: string, naive: string): Promise<SchemaSnapshot> {
  for (const space of [ours, naive])
    await database.sql.unsafe(
      `create schema ${space}; set search_path = ${space}; ${tablesSql(tables)}; reset search_path`,
    );
  return await loadSchema(database.sql, { schemas: [ours] });
}

for (let seed = FIRST; seed <= SCHEMAS; seed += 2)
  test(`${TREES} trees on the tables of seed ${seed}`, async () => {
    const random = randomFrom(seed);
    const tables = randomTables(random);
    const [ours, naive] = [`ours${seed}`, `naive${seed}`];
    const schema = await createTables(tables, ours, naive);
    let number = 0;
    let stored = await contents(ours, tables);
    for (let count = 0; count < TREES; ) {
      const { relations, trees } = randomTrees(random, ours, tables, () => ++number);
      const include = nest(relations);
      count += trees.length;
      const table = `${ours}.${trees[0]!.table.name}`;
      const bad = [...trees.slice(0, -1), withExistingLabel(trees.at(-1)!)];
      const error = await failure(insertMany(database.sql, schema, table, bad.map(rowOf), { include }));
      expect(error).toBeInstanceOf(ConstraintError);
      expect(await contents(ours, tables)).toEqual(stored);
      if (trees.length === 1) await insert(database.sql, schema, table, rowOf(trees[0]!), { include });
      else
        expect(await insertMany(database.sql, schema, table, trees.map(rowOf), { include })).toBe(
          trees.length,
        );
      for (const tree of trees) await insertByRow(naive, tree);
      stored = await contents(ours, tables);
      expect(stored).toEqual(await contents(naive, tables));
    }
  });
