import { exec, expr, item, loadSchema, q, type SqlHandle, script, streamRows } from "rowfn";
import { cell } from "./chinook.ts";

/** A first table, by raw SQL. */
export async function firstCells(sql: SqlHandle): Promise<void> {
  const empty = await loadSchema(sql);
  cell("version", await item(sql, empty, expr`select version()`));

  await script(
    sql,
    `drop table if exists users;
     create table users (id serial primary key, name text not null, age integer);`,
  );
  const schema = await loadSchema(sql);
  cell("exec", await exec(sql, schema, expr`insert into users (name, age) values (${"Alice"}, ${30})`));
  const users = await q<{ id: number; name: string; age: number }>(sql, schema, expr`select * from users`);
  cell("fetch", users);
  cell("field", users[0]!.name);
  for await (const user of streamRows(sql, schema, "users")) cell("cursor", user);
}
