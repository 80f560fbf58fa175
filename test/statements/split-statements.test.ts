import { afterAll, beforeAll, expect, test } from "bun:test";
import { splitStatements } from "../../src/statements/split-statements.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

/** Statements that PostgreSQL 15 accepts. */
const STATEMENTS: readonly string[] = [
  "create table t (a int, b text)",
  "create table u (a int)",
  `select ';' as ";", 'it''s;'`,
  "select $a$;$b$;$$;$a$ /* ; /* ; */ ; */",
  "select e'\\';' -- ;\n, 1",
  "select e'a'\n'b\\';c'",
  "select U&'\\0061;', b'1', x'f'",
  "do $$ begin perform 1; end $$",
  "do $_1é$ begin perform 1; commit; end $_1é$",
  "create function f1() returns int language sql begin atomic select 1; select 2; end",
  "create or replace function f1() returns int language sql begin atomic select case when true then 1 end; select case 1 when 1 then 2 else 3 end; end",
  "CREATE PROCEDURE p1() LANGUAGE sql BEGIN ATOMIC INSERT INTO t VALUES (1); DELETE FROM t; END",
  'create function "begin;"() returns int language sql return 1',
  "create function f2() returns int language sql return (select case when true then 1 end)",
  "create function f3(a int default (1)) returns int language plpgsql as 'begin return 1; end;'",
  "create function f4(begin int) returns int language sql return 1",
  "create rule r1 as on insert to t do also (insert into u values (1); delete from u where a > 1)",
  "create rule r2 as on update to t do instead nothing",
  "create view begins as select 1 as \"end\", 'begin' as begin",
  "select case when true then 1 end",
  "prepare transaction as select 1",
  "select (1); select 2",
  "select (array[1, 2])[1], 1 - -1, 2 * 3/*;*/",
];

const COUNTED = STATEMENTS.flatMap(statement =>
  statement === "select (1); select 2" ? ["select (1)", "select 2"] : [statement],
);

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

test("SQL text is split at its semicolons into statements without leading comments", () => {
  const text = STATEMENTS.map(statement => `-- one; two\n  /* ; */ ${statement} ;\n`).join("");
  const found = splitStatements(`${text}; ; -- the end;`);
  expect(found.map(statement => statement.text)).toEqual(COUNTED);
  for (const { text: own, start } of found) expect(text.slice(start, start + own.length)).toBe(own);
});

test("END outside of a function is a statement, and does not close a block", () => {
  const statements = ["begin", "select 1", "end", "select case when true then 1 end", "select 2"];
  expect(splitStatements(statements.join(";")).map(({ text }) => text)).toEqual(statements);
});

test("each part is a single statement that PostgreSQL accepts in the extended protocol", async () => {
  for (const { text } of splitStatements(`${STATEMENTS.join(";\n")};`)) {
    // A parameter makes the driver use the extended protocol, which accepts only one statement.
    const prepared = /^(select|insert)/.test(text) ? text : undefined;
    if (prepared !== undefined) await database.sql.unsafe(`${prepared}\nlimit $1::int`, ["1"]);
    else await database.sql.unsafe(text);
  }
  expect(
    await database.sql`select count(*)::int as n from pg_proc where pronamespace = 'public'::regnamespace`,
  ).toEqual(expect.arrayContaining([{ n: 6 }]));
});

test("psql, if installed, splits the text at the same positions", () => {
  if (Bun.which("psql") === null) return;
  // psql does not know that an E string continues on the next line.
  const text = `${STATEMENTS.filter(statement => !statement.includes("e'a'\n")).join(";\n")};\n`;
  const { stdout } = Bun.spawnSync(["psql", database.url, "-XqeAt", "-o", "/dev/null"], {
    stdin: Buffer.from(text),
  });
  expect(stdout.toString()).toBe(
    splitStatements(text)
      .map(statement => `${statement.text};\n`)
      .join(""),
  );
});

test.each(["select 1; select '", "create function f() as $$ begin", "/* /* */ select 1", 'select "a'])(
  "%p is rejected",
  text => {
    expect(() => splitStatements(text)).toThrow(/ends inside/);
  },
);
