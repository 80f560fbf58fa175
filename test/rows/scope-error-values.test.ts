// Errors of triggers and of functions in raw SQL under a scope: they contain no value of a row outside it in any form.
import { describe, expect, test } from "bun:test";
import { importRows } from "../../src/files/index.ts";
import {
  ConstraintError,
  count,
  exec,
  expr,
  insert,
  insertMany,
  type SchemaSnapshot,
  scope,
  table,
  transaction,
  updateMany,
  updateWhere,
  upsertMany,
} from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

// A function with a lower cost than the scope's condition is evaluated first.
const { sql, schema, plain } = await testTables(
  `create table item (id int primary key, tenant int not null, name text, data text);
  create table free (id int primary key, data text);
  create table late (id int primary key, tenant int not null, data text);
  create table log (id int primary key, code text unique, name text not null, check (name <> '!'));
  create table span (id int primary key, tenant int not null, r int4range, exclude using gist (r with &&));
  create table up (id int primary key, tenant int not null, code text unique);
  create table down (code text references up (code) on update restrict);
  create table own (id int primary key, tenant int not null, data text);
  create table given (id int primary key, tenant int not null, name text unique);
  create function give() returns trigger language plpgsql as $$ begin new.name := 'secret'; return new; end $$;
  create trigger give before insert on given for each row execute function give();
  create function cheap_class(text) returns regclass language internal stable strict cost 0.0001 as 'text_regclass';
  create function cheap_text(bytea, name) returns text language internal immutable strict cost 0.0001 as 'pg_convert_from';
  create function cheap_date(int, int, int) returns date language internal immutable strict cost 0.0001 as 'make_date';
  create function cheap_xml(text) returns xml language internal stable strict cost 0.0001 as 'texttoxml';
  create function fail(kind text) returns void language plpgsql as $$
  declare secret text := (select name from item where tenant = 2);
  begin
    case kind
      when 'a column' then execute format('select %I from log', secret || ' ' || 2);
      when 'an unquoted column' then execute format('select l.%I from log l', secret || ' ' || 2);
      when 'a function' then execute format('select %I(1)', secret);
      when 'a syntax error' then execute 'select ' || secret || ' ' || secret || ' ' || secret;
      when 'quotes' then execute format('select %I from log', 'a" ' || secret || ' "b');
      when 'the text of a statement' then execute format('insert into log values (1, null, %L)', secret);
      when 'a line of a statement' then execute format('insert into log values (1, null, %L)',
        E'\\nPL/pgSQL function secret() line 1 at RAISE\\n' || secret);
      when 'a cast' then execute format('select %L::int', secret);
      when 'bytes' then perform convert_from('\\x' || encode(secret::bytea, 'hex')::bytea || '\\xe273'::bytea, 'utf8');
      when 'a check' then insert into log values (9, secret, '!');
      when 'a check of signs' then insert into log values (9, secret || ', (id)=(9', '!');
      when 'not null' then insert into log values (9, secret, null);
      when 'a key' then insert into log values (9, secret, 'x');
      when 'JSON' then perform ('{"' || secret)::json;
      when 'an enum' then perform secret::bool;
      when 'a file' then perform pg_read_file('/' || secret);
      when 'an assertion' then assert false, 'write to the office';
      when 'numbers' then raise 'at most 5 (see "rules")';
      when 'the author' then raise 'write to the %', 'office' using hint = 'or call';
      else null;
    end case;
  end $$;
  create function fail_row() returns trigger language plpgsql as $$ begin perform fail(new.data); return new; end $$;
  create function log_row() returns trigger language plpgsql as $$
    begin insert into log values (new.id + 100, new.data, 'x'); return new; end $$;
  create function add_row() returns trigger language plpgsql as $$ begin
    if new.data = 'again' then insert into own values (3, new.tenant, 'x'); end if; return new; end $$;
  create trigger fail after insert or update on item for each row execute function fail_row();
  create trigger fail after insert on free for each row execute function fail_row();
  create constraint trigger fail after insert on late deferrable initially deferred for each row execute function fail_row();
  create trigger log after insert on own for each row execute function log_row();
  create trigger add before insert on own for each row execute function add_row()`,
  `truncate item, free, log, late, span, up, down, own, given;
  insert into log values (1, 'secret', 'x');
  insert into item values (2, 2, 'secret', null), (1, 1, 'pg_class', null);
  insert into up values (1, 1, 'a'), (2, 1, 'b');
  insert into down values ('a');
  insert into span values (1, 2, '[10,20)')`,
);
const mine = scope(schema, { "*": { tenant: 1 } }, { open: ["free", "log", "down"] });
const SECRET = /secret|73656372|0x|\\x|e273|\[10,20\)/i;

/** Everything that a reader of an error can see, including its JSON. */
function contentOf(value: unknown, seen = new Set<unknown>()): string {
  if (typeof value !== "object" || value === null) return String(value);
  if (seen.has(value)) return "";
  seen.add(value);
  return [
    ...Reflect.ownKeys(value).map(key => contentOf(Reflect.get(value, key), seen)),
    JSON.stringify(value),
    Bun.inspect(value),
  ].join("\n");
}

const KINDS = [
  ...["a column", "an unquoted column", "a function", "a syntax error", "quotes", "the text of a statement"],
  ...[
    "a line of a statement",
    "a cast",
    "a check",
    "a check of signs",
    "not null",
    "a key",
    "JSON",
    "an enum",
  ],
  ...["a file", "bytes"],
];

describe.each(KINDS)("an error of a trigger with another tenant's value in %s", data => {
  test.each<[string, (mine: SchemaSnapshot) => unknown]>([
    ["insert", mine => insert(sql, mine, "item", { id: 9, tenant: 1, data })],
    ["insert into an open table", mine => insert(sql, mine, "free", { id: 9, data })],
    ["insertMany", mine => insertMany(sql, mine, "item", [{ id: 9, tenant: 1, data }])],
    ["insertMany by COPY", mine => insertMany(sql, mine, "item", rows(500, data))],
    ["upsertMany by a staging table", mine => upsertMany(sql, mine, "item", rows(2_500, data))],
    ["importRows", mine => importRows(sql, mine, "item", `id,tenant,data\n9,1,${data}`, { format: "csv" })],
    ["updateWhere", mine => updateWhere(sql, mine, "item", { data }, { where: { id: 1 } })],
    [
      "exec",
      mine =>
        exec(
          sql,
          mine,
          expr`update item set data = ${data} where id in (select id from ${table("item")} where id = 1)`,
        ),
    ],
    ["COMMIT", mine => transaction(sql, tx => insert(tx, mine, "late", { id: 9, tenant: 1, data }))],
  ])("%s", async (_, attempt) => {
    expect(contentOf(await failure(attempt(schema) as Promise<unknown>))).toMatch(SECRET);
    expect(contentOf(await failure(attempt(mine) as Promise<unknown>))).not.toMatch(SECRET);
  });
});

const rows = (length: number, data: string): { id: number; tenant: number; data: string }[] =>
  Array.from({ length }, (_, at) => ({ id: 10 + at, tenant: 1, data: at === 0 ? data : "none" }));

test.each([
  ["a name", expr`cheap_class(name) is not null`, "relation does not exist [42P01]"],
  [
    "a name with quotes",
    expr`cheap_class('"a"" ' || name || ' ""b"') is not null`,
    "relation does not exist [42P01]",
  ],
  [
    "bytes",
    expr`cheap_text(name::bytea || ${"\\xe273"}::bytea, 'utf8') is not null`,
    "invalid byte sequence for encoding [22021]",
  ],
  [
    "a number",
    expr`cheap_date(2023, 700707 * tenant, 99) is not null`,
    "date field value out of range [22008]",
  ],
  ["XML", expr`cheap_xml('<' || name) is not null`, "invalid XML content [2200N]"],
])("raw SQL that fails for a row outside, with its value in %s", async (_, where, message) => {
  expect(contentOf(await failure(count(sql, schema, "item", { where })))).toMatch(/secret|0x|1401414/);
  const error = await failure(count(sql, mine, "item", { where }));
  expect(error.message.split("\n")[0]).toBe(message);
  expect(contentOf(error)).not.toMatch(/secret|0x|1401414/);
});

test("a hint with a quoted text is not shown", async () => {
  const where = expr`('13/13/202' || tenant)::date is not null`;
  const hinted = /\n {2}hint: Perhaps you need a different "datestyle" setting/i;
  expect((await failure(count(sql, schema, "item", { where }))).message).toMatch(hinted);
  expect((await failure(count(sql, mine, "item", { where }))).message).not.toMatch(/hint|datestyle/i);
});

const errorLinesOf = async (data: string): Promise<string[]> =>
  (await failure(insert(sql, mine, "item", { id: 9, data }))).message.split("\n").slice(0, -1);

test("a message without its quoted names says which function failed", async () => {
  const inside = "  inside: PL/pgSQL function fail_row() line 1";
  expect(await errorLinesOf("a column")).toEqual(["column does not exist [42703]", inside]);
  expect(await errorLinesOf("an unquoted column")).toEqual([
    "a statement inside a function failed [42703]",
    inside,
  ]);
  expect(await errorLinesOf("a cast")).toEqual(["invalid input syntax for type integer [22P02]", inside]);
});

test("the message that the author of a function wrote is shown", async () => {
  const [message, , hint] = await errorLinesOf("the author");
  expect([message, hint]).toEqual(["write to the office [P0001]", "  hint: or call"]);
  expect((await errorLinesOf("an assertion"))[0]).toBe("write to the office [P0004]");
  expect((await errorLinesOf("numbers"))[0]).toBe('at most 5 (see "rules") [P0001]');
});

test("the error of hand-written SQL contains no value of an exclusion constraint", async () => {
  const attempt = (one: SchemaSnapshot) =>
    failure(exec(sql, one, expr`insert into span values (3, 1, '[15,16)')`));
  expect(contentOf(await attempt(schema))).toContain("[10,20)");
  expect(contentOf(await attempt(mine))).not.toContain("[10,20)");
});

test("an error of a different table has no row number and no issue for a column", async () => {
  const data = [
    { id: 2, tenant: 1, data: "x" },
    { id: 1, tenant: 1, data: "secret" },
    { id: 101, tenant: 1, data: "y" },
  ];
  await plain("insert into log values (102, 'z', 'x')");
  for (const one of [schema, mine])
    for (const attempt of [
      () => insertMany(sql, one, "own", data),
      () => insertMany(sql, one, "own", data, { returning: true }),
      () => upsertMany(sql, one, "own", data),
      () => insertMany(sql, one, "own", [{ ...data[2]!, id: 102 }, ...data]),
    ]) {
      const error = (await failure(attempt())) as ConstraintError;
      expect(error).toBeInstanceOf(ConstraintError);
      expect([error.table, error.row]).toEqual(["log", undefined]);
      expect(error.issues.map(({ path }) => path)).toEqual([undefined]);
    }
  const single = (await failure(insert(sql, mine, "own", data[0]!))) as ConstraintError;
  expect([single.table, single.columns, single.issues[0]!.path]).toEqual(["log", ["id"], undefined]);
});

test("an error of a trigger's statement on the same table has no row number", async () => {
  await insert(sql, mine, "own", { id: 3, data: "x" });
  const error = (await failure(
    insertMany(sql, mine, "own", [
      { id: 1, data: "again" },
      { id: 3, data: "y" },
    ]),
  )) as ConstraintError;
  expect([error.table, error.row]).toEqual(["own", undefined]);
});

test("a row that other rows refer to is not confused with a row that gets the same value", async () => {
  const error = (await failure(
    updateMany(sql, mine, "up", [
      { id: 1, code: "c" },
      { id: 2, code: "a" },
    ]),
  )) as ConstraintError;
  expect([error.kind, error.row]).toEqual(["referenced", undefined]);
});

test("a value that a trigger assigned to the row is not shown", async () => {
  await insert(sql, mine, "given", { id: 1, name: "secret" });
  for (const attempt of [
    () => insert(sql, mine, "given", { id: 2, name: "x" }),
    () => insertMany(sql, mine, "given", [{ id: 2, name: "x" }]),
    () => upsertMany(sql, mine, "given", [{ id: 2, name: "x" }]),
  ])
    expect(contentOf(await failure(attempt()))).not.toMatch(SECRET);
});

test("the row of the written table is still known", async () => {
  const error = (await failure(
    insertMany(sql, mine, "up", [{ id: 3 }, { id: 4, code: "a" }]),
  )) as ConstraintError;
  expect([error.row, error.issues[0]!.path!.map(({ key }) => key)]).toEqual([1, [1, "code"]]);
  expect(error.cause).toMatchObject({ detail: "Key (code)=(a) already exists." });
});

test("the message for a mistake in the statement itself is shown", async () => {
  const error = await failure(count(sql, mine, "item", { where: expr`twice(id, 2) = 1` }));
  expect(error.message.split("\n")[0]).toBe("function twice(integer, integer) does not exist [42883]");
});
