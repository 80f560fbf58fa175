// A trigger that marks a row in place of its DELETE, under a scope that hides rows with the mark.
import { expect, test } from "bun:test";
import { crud } from "../../src/http/index.ts";
import { deleteRow, type NotFoundError, scope } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create table note (id int primary key, tenant int, deleted boolean not null default false);
   create function mark() returns trigger language plpgsql as
     $$ begin update note set deleted = true where id = old.id; return null; end $$;
   create trigger mark before delete on note for each row execute function mark();
   create table log (id int primary key, tenant int);
   create function pass() returns trigger language plpgsql as $$ begin return null; end $$;
   create trigger pass after delete on log for each row execute function pass()`,
  "truncate note, log; insert into note values (1, 1), (2, 2); insert into log values (1, 1)",
);
const mine = scope(schema, { note: { tenant: 1, deleted: false }, log: { tenant: 1 } });
const stored = () => plain("select id, deleted from note order by id");

test("deleteRow returns undefined for a row that the trigger has hidden, and is rejected without a row", async () => {
  expect(await deleteRow(sql, mine, "note", 1)).toBeUndefined();
  expect(await stored()).toEqual([
    [1, true],
    [2, false],
  ]);
  for (const id of [1, 2, 3])
    expect((await failure(deleteRow(sql, mine, "note", id))) as NotFoundError).toMatchObject({
      name: "NotFoundError",
      message: `note has no row with id ${id}`,
    });
  expect(await stored()).toEqual([
    [1, true],
    [2, false],
  ]);
});

test.each([undefined, "*"])(
  "DELETE of crud is 204 for such a row, then 404, with If-Match: %p",
  async tag => {
    const routes = crud(sql, schema, { tables: { note: { delete: true } }, scope: () => mine } as never);
    const init = { method: "DELETE", ...(tag && { headers: { "if-match": tag } }) };
    const call = async (id: number) =>
      (await routes["/note/:key"]!(new Request(`http://localhost/note/${id}`, init))).status;
    expect([await call(1), await call(1), await call(2)]).toEqual([204, 404, 404]);
    expect(await stored()).toEqual([
      [1, true],
      [2, false],
    ]);
  },
);

test("the row is read first only if a trigger can take the place of the DELETE", async () => {
  const texts: string[] = [];
  const onStatement = ({ text }: { readonly text: string }) => void texts.push(text);
  await deleteRow(sql, mine, "log", 1, { onStatement });
  await deleteRow(sql, schema, "note", 1, { onStatement, returning: ["id"] });
  await deleteRow(sql, mine, "note", 2, { onStatement }).catch(() => {});
  expect(texts.map(text => text.replace(/ .*/s, ""))).toEqual(["DELETE", "DELETE", "SELECT", "SELECT"]);
});
