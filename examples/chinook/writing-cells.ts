import {
  columnsInfo,
  deleteRow,
  deleteWhere,
  describeHandle,
  gt,
  insert,
  loadSchema,
  rowsWhere,
  type SchemaSnapshot,
  type SqlHandle,
  scope,
  script,
  update,
  upsert,
} from "rowfn";
import { createTable, createTableSql, dropTable } from "rowfn/ddl";
import { cell, errorOf } from "./chinook.ts";

/** Writes rows of cats, dogs and toys. */
export async function writeCells(sql: SqlHandle): Promise<void> {
  await catCells(sql);
  await dogCells(sql);
  cell("pool", await rowsWhere(sql, await loadSchema(sql), "artist", { limit: 3 }));
  cell("pool of", describeHandle(sql));
}

async function catCells(sql: SqlHandle): Promise<void> {
  await script(
    sql,
    `drop table if exists cat;
     create table cat (id serial primary key, name text, weight real, uid integer);`,
  );
  const schema = await loadSchema(sql);
  const cats = (): Promise<unknown> => rowsWhere(sql, schema, "cat");
  const cat = await insert(sql, schema, "cat", { name: "meow", weight: 6, uid: 2 });
  cell("insert", cat);
  cell("cats", await cats());
  const mine = scope(schema, { cat: { uid: 1 } });
  cell("scoped insert", await insert(sql, mine, "cat", { name: "purr", weight: 4 }));
  cell("scoped cats", await rowsWhere(sql, mine, "cat"));
  cell("all cats", await cats());

  const moo = { ...cat!, name: "moo", uid: 1 };
  cell("update", await update(sql, schema, "cat", moo));
  cell("updated cats", await cats());
  const others = scope(schema, { cat: { uid: 2 } });
  cell("scoped update", await errorOf(update(sql, others, "cat", { ...moo, uid: 2 })));

  cell("delete", await deleteRow(sql, schema, "cat", 1));
  cell("cats left", await cats());
  cell("scoped delete", await errorOf(deleteRow(sql, scope(schema, { cat: { uid: 99 } }), "cat", 2)));
  await insert(sql, schema, "cat", { name: "Cat McCat Face", weight: 9 });
  cell("another", await insert(sql, schema, "cat", { name: "Skitter", weight: 2 }));
  cell("delete where", await deleteWhere(sql, schema, "cat", { where: { weight: gt(3) }, returning: true }));
  cell("last cat", await cats());
}

const DOG = { id: "integer", name: "text", age: "integer" } as const;
const TOY = { id: "integer", name: "text", dog_id: "integer" } as const;

function columnTypes(schema: SchemaSnapshot, table: string): unknown {
  return Object.values(columnsInfo(schema, table)).map(({ name, type }) => [name, type]);
}

async function dogCells(sql: SqlHandle): Promise<void> {
  let schema = await loadSchema(sql);
  schema = await dropTable(sql, schema, "dog", { cascade: true, ifExists: true });
  cell("create SQL", createTableSql(schema, "dog", DOG));
  schema = await createTable(sql, schema, "dog", DOG, { replace: true });
  cell("dog", columnTypes(schema, "dog"));
  const rex = await insert(sql, schema, "dog", { name: "Rex", age: 5 });
  cell("rex", rex);
  schema = await createTable(sql, schema, "toy", TOY, { replace: true, foreignKeys: { dog_id: "dog" } });
  cell("toys", columnTypes(schema, "toy"));
  cell("toy", await insert(sql, schema, "toy", { name: "Ball", dog_id: 1 }));
  cell("no dog", (await errorOf(insert(sql, schema, "toy", { name: "Bone", dog_id: 99 }))).split("\n")[0]);

  const dogs = (): Promise<unknown> => rowsWhere(sql, schema, "dog");
  cell("upsert", await upsert(sql, schema, "dog", { ...rex!, age: 6 }));
  cell("dogs", await dogs());
  cell("upsert new", await upsert(sql, schema, "dog", { name: "Spot", age: 3 }));
  cell("two dogs", await dogs());
  const six = scope(schema, { dog: { age: 6 } });
  cell("scoped upsert", await upsert(sql, six, "dog", { id: 1, name: "Rexy" }));
}
