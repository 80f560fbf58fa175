// `createView` with `ifNotExists` compares the query of an existing view with either privilege to create a view.
import { expect, test } from "bun:test";
import { createView } from "../../src/ddl/index.ts";
import { expr, type SqlHandle } from "../../src/index.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  "create table book (id int, title text); create view titles as select title from book",
);
const name = (await plain("select quote_ident(current_database())"))[0]![0];
await sql.unsafe(`revoke temporary on database ${name} from public`);

const same = expr`SELECT book.title FROM public.book`;
const other = expr`select title from book where id > ${1}`;
const views =
  "select relname, relnamespace::regnamespace::text from pg_class where relkind = 'v' order by 1, 2";

test.each([
  ["CREATE in the schema, but not TEMP", "create on schema public"],
  ["TEMP, but not CREATE in the schema", `temporary on database ${name}`],
])("a role with %s", async (_privileges, granted) => {
  const role = `viewer_${crypto.randomUUID().slice(0, 8)}`;
  await sql.unsafe(`create role ${role}; grant ${granted} to ${role}; grant select on book to ${role}`);
  const before = await plain(views);
  const errorOf = (query: typeof same): Promise<unknown> =>
    sql.begin(async tx => {
      await tx.unsafe(`set local role ${role}`);
      const created = createView(tx as SqlHandle, schema, "titles", query, { ifNotExists: true });
      return await created.then(
        () => undefined,
        (error: Error) => error.message,
      );
    });
  expect(await errorOf(same)).toBeUndefined();
  expect(await errorOf(other)).toBe(
    "view titles already exists with another query; change it with replace: true, or leave out ifNotExists",
  );
  expect(await plain(views)).toEqual(before);
  await sql.unsafe(`drop owned by ${role}; drop role ${role}`);
});
