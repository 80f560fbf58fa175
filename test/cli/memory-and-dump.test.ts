import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { copyIn } from "../../src/driver/copy.ts";
import { fingerprint, loadSchema } from "../../src/index.ts";
import { testDatabase } from "../../src/testing/index.ts";
import { type Sample, sample } from "../support/command-sample.ts";
import { inPipe } from "../support/run-command.ts";

let store: Sample;

beforeAll(async () => {
  store = await sample();
});
afterAll(() => store.drop());

async function file(name: string, text: string): Promise<string> {
  const path = join(store.directory, name);
  await Bun.write(path, text);
  return path;
}

test("memory: errors name the file; --input sets the format of files without a known extension", async () => {
  const bad = await file("bad.tsv", "a\tb\n1\n");
  expect((await store.inPipe(["memory", bad, "select 1"])).errors).toBe(
    `error: ${bad}, line 2: expected 2 fields, as in the header, received 1\n`,
  );
  const good = await file("good.tsv", "a\tb\n1\t2\n");
  const both = await store.inPipe(
    ["memory", good, "-", "select good.*, stdin.b as more from good join stdin using (a)", "--input", "csv"],
    { stdin: "a,b\n1,x\n" },
  );
  expect(both.output).toBe("a\tb\tmore\n1\t2\tx\n");
});

test("memory: a query over files of several formats and standard input runs on its own server", async () => {
  const visits = await file("Visits-2026.csv", "day,page,n\n2026-01-31,1,3\n2026-02-01,2,4\n");
  const pages = await file("page.ndjson", '{"id": 1, "name": "home"}\n{"id": 2, "name": "news"}\n');
  const text =
    "select name, sum(n)::int as n, max(day) as day from visits_2026 join page on page.id = page join stdin on stdin.id = page.id group by 1 order by 1;";
  expect(
    await store.inPipe(["memory", visits, pages, "-", text, "--input", "csv", "--format", "csv"], {
      stdin: "id\n1\n2\n",
    }),
  ).toMatchObject({ code: 0, output: "name,n,day\nhome,3,2026-01-31\nnews,4,2026-02-01\n" });
  const only = await file("stdin.csv", "id\n1\n2\n");
  expect(await store.inPipe(["memory", visits, pages, only, text, "--format", "csv"])).toEqual({
    code: 0,
    output: "name,n,day\nhome,3,2026-01-31\nnews,4,2026-02-01\n",
    errors: "",
  });
  expect(
    await store.inOwnProcess(["memory", "-", "select sum(id)::int as n from stdin", "--input", "csv"], {
      stdin: "id\n1\n2\n",
    }),
  ).toEqual({ code: 0, output: "n\n3\n", errors: "" });
});

test("memory: a missing file, a missing query and two files with the same name are rejected", async () => {
  const path = await file("a.csv", "x\n1\n");
  const other = await file("a.json", '[{"x": 1}]');
  expect(await store.inPipe(["memory", join(store.directory, "no.csv"), "select 1"])).toMatchObject({
    code: 1,
  });
  expect(await store.inPipe(["memory", "select 1"])).toEqual({
    code: 2,
    output: "",
    errors: "error: a file and, as the last argument, an SQL statement are required\n",
  });
  const second = await file("Second File.csv", "x\n1\n");
  expect(await store.inPipe(["memory", path, second])).toEqual({
    code: 2,
    output: "",
    errors: `error: the last argument must be an SQL statement, received the file ${second}\n`,
  });
  expect((await store.inPipe(["memory", path, second, "select * from second"])).errors).toEndWith(
    `\nthe tables are a (${path}), second_file (${second})\n`,
  );
  expect((await store.inPipe(["memory", path, other, "select 1"])).errors).toContain("are both table a");
  expect((await store.inPipe(["memory", "-", "select 1"])).errors).toContain("--input is required");
});

test("dump: psql restores tables, rows, sequences, views, triggers, policies and rules", async () => {
  await store.sql.unsafe(`
    create table odd (id int generated always as identity primary key, text text, twice int generated always as (id * 2) stored);
    insert into odd (text) values (null), (''), (e'tab\\there\\nand \\\\. line'), ('\\.'), ('ä');
    create table parted (day date not null, n int) partition by range (day);
    create table parted_1 partition of parted for values from ('2026-01-01') to ('2027-01-01');
    insert into parted values ('2026-05-01', 1);
    create table tree (id serial primary key, parent int references tree);
    insert into tree (parent) values (null), (1), (2);
    create materialized view odd_count as select count(*) as n from odd;
    create function stop() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
    create trigger stop before insert on odd for each row execute function stop();
    create policy own on tree using (id > 1); create rule quiet as on delete to tree do instead nothing;
  `);
  const path = join(store.directory, "backup.sql");
  expect(await store.inPipe(["dump", "--out", path])).toEqual({ code: 0, output: "", errors: "" });
  const other = await testDatabase();
  try {
    await restore(await Bun.file(path).text(), other.sql);
    const before = await loadSchema(store.sql, { functions: true });
    expect(fingerprint(await loadSchema(other.sql, { functions: true }))).toBe(fingerprint(before));
    for (const { schema, name, kind } of before.relations) {
      if (kind !== "table" && kind !== "partitioned" && kind !== "materializedView") continue;
      const text = `select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as sum from "${schema}"."${name}" t`;
      expect([name, await other.sql.unsafe(text)]).toEqual([name, await store.sql.unsafe(text)]);
    }
    expect([
      ...(await other.sql`select nextval('tree_id_seq')::int, nextval('odd_id_seq')::int`.values()),
    ]).toEqual([[4, 6]]);
  } finally {
    await other.drop();
  }
});

test("dump: rows that violate a NOT VALID check, and the next value of each sequence", async () => {
  const own = await testDatabase();
  const other = await testDatabase();
  try {
    await own.sql.unsafe(`
      create table a (n int); insert into a values (-1); alter table a add constraint a_n check (n > 0) not valid;
      create table b (id bigserial primary key, n int generated always as identity (start 5)); insert into b default values;
      alter sequence b_id_seq restart 100; alter table b alter n restart 50;
      create sequence fresh start 7; create sequence called; select nextval('called'); create sequence down increment -2;
    `);
    const printed = await inPipe(["dump", "--url", own.url]);
    expect([printed.code, printed.errors]).toEqual([0, ""]);
    await restore(printed.output, other.sql);
    expect(fingerprint(await loadSchema(other.sql))).toBe(fingerprint(await loadSchema(own.sql)));
    expect([...(await other.sql`select n from a`.values())]).toEqual([[-1]]);
    const next = `select nextval('b_id_seq')::int, nextval('b_n_seq')::int, nextval('fresh')::int, nextval('called')::int, nextval('down')::int`;
    expect([...(await other.sql.unsafe(next).values())]).toEqual([[100, 50, 7, 2, -1]]);
  } finally {
    await own.drop();
    await other.drop();
  }
});

test("dump: the rows of tables without columns, or with generated columns only", async () => {
  const own = await testDatabase();
  const other = await testDatabase();
  try {
    await own.sql.unsafe(`
      create table nothing (); insert into nothing select from generate_series(1, 3);
      create table heir () inherits (nothing); insert into heir default values;
      create table made (n int generated always as (7) stored); insert into made default values;
      create table none (n int generated always as (7) stored);
    `);
    const printed = await inPipe(["dump", "--url", own.url]);
    expect([printed.code, printed.errors]).toEqual([0, ""]);
    await restore(printed.output, other.sql);
    for (const [table, rows] of Object.entries({ nothing: 4, heir: 1, made: 1, none: 0 }))
      expect([table, await other.sql.unsafe(`select count(*)::int from ${table}`).values()]).toEqual([
        table,
        [[rows]] as never,
      ]);
    const doctor = await inPipe(["doctor", "--url", own.url]);
    expect(doctor.output).toContain("can read 4 and write 4 of 4 tables and views");
  } finally {
    await own.drop();
    await other.drop();
  }
});

test("dump: names in values have their schemas, whatever the search path", async () => {
  const own = await testDatabase();
  const other = await testDatabase();
  try {
    await own.sql.unsafe(`
      create schema apart; create table apart.thing (id int);
      create table named (name regclass, type regtype); insert into named values ('apart.thing', 'apart.thing');
      do $$ begin execute format('alter database %I set search_path = apart, public', current_database()); end $$;
    `);
    const printed = await inPipe(["dump", "--url", own.url]);
    expect([printed.code, printed.errors]).toEqual([0, ""]);
    await restore(printed.output, other.sql);
    expect([...(await other.sql`select name::text, type::text from named`.values())]).toEqual([
      ["apart.thing", "apart.thing"],
    ]);
  } finally {
    await own.drop();
    await other.drop();
  }
});

/** What `complete` prints; the library for it writes to the standard output of the process. */
async function completed(...args: readonly string[]): Promise<string> {
  const { code, output, errors } = await store.inOwnProcess(["complete", ...args]);
  expect([code, errors]).toEqual([0, ""]);
  return output;
}

test("complete: a script per shell, and the options of a subcommand", async () => {
  for (const shell of ["bash", "zsh", "fish"]) expect(await completed(shell)).toContain("rowfn complete --");
  const options = await completed("--", "drop", "--");
  expect(options).toContain("--if-exists\tno change if the table does not exist\n");
  expect(await completed("--", "tra")).toContain("transform\tchange columns and the key");
});

/** Sends a dump as psql does: statements, and the rows that follow each COPY. */
async function restore(text: string, sql: Sample["sql"]): Promise<void> {
  const connection = await sql.reserve();
  try {
    let rest = text;
    for (;;) {
      const copy = /^COPY [^\n]* FROM stdin;\n/m.exec(rest);
      if (copy === null) break;
      await connection.unsafe(rest.slice(0, copy.index)).simple();
      const start = copy.index + copy[0].length;
      const end = /^\\\.\n/m.exec(rest.slice(start))!;
      const chunks = [rest.slice(start, start + end.index)];
      await copyIn(connection as never, { text: copy[0].trim().slice(0, -1), params: [], chunks });
      rest = rest.slice(start + end.index + end[0].length);
    }
    await connection.unsafe(rest).simple();
  } finally {
    connection.release();
  }
}
