// Keys and columns on the command line.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { type Sample, sample } from "../support/command-sample.ts";

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

/** Rows as PostgreSQL prints them. */
async function stored(query: string): Promise<unknown[][]> {
  return [...(await store.sql.unsafe(query).values())].map((row: unknown[]) => [...row]);
}

test("get, update and delete accept a key as values in key order or as column=value pairs", async () => {
  await store.sql`create table grade (pupil int, subject text, mark text, primary key (pupil, subject))`;
  await store.sql`insert into grade values (1, 'a', 'x'), (1, 'subject=a', 'y')`;
  const csv = ["--format", "csv"];
  const row = (subject: string, mark: string): string => `pupil,subject,mark\n1,${subject},${mark}\n`;
  expect(await store.printed("get", "grade", "1", "a", ...csv)).toBe(row("a", "x"));
  expect(await store.printed("get", "grade", "subject=a", "pupil=1", ...csv)).toBe(row("a", "x"));
  expect(await store.printed("get", "grade", "1", "subject=a", ...csv)).toBe(row("subject=a", "y"));
  expect(await store.printed("update", "grade", "1", "a", "mark=z", ...csv)).toBe(row("a", "z"));
  expect(await store.printed("update", "grade", "subject=subject=a", "pupil=1", "mark=w", ...csv)).toBe(
    row("subject=a", "w"),
  );
  expect(await store.printed("delete", "grade", "pupil=1", "subject=subject=a", ...csv)).toBe(
    row("subject=a", "w"),
  );
  expect(await stored("select * from grade")).toEqual([[1, "a", "z"]]);
});

test("update takes values with an equals sign for the key, in key order", async () => {
  await store.sql`create table page (day date, path text, hits int, primary key (day, path))`;
  await store.sql`insert into page values ('2026-01-31', 'a=b', 1)`;
  expect(await store.printed("update", "page", "2026-01-31", "a=b", "hits=2", "--format", "csv")).toBe(
    "day,path,hits\n2026-01-31,a=b,2\n",
  );
  expect((await store.inPipe(["update", "page", "htis=3", "hits=2", "--all"])).errors).toBe(
    'error: page has no column "htis"; did you mean "hits"?\n',
  );
});

test.each([
  [["update", "grade", "mark=x"], "either a key, --where or --all is required"],
  [["update", "grade", "1", "a"], "an assignment such as column=value is required"],
  [
    ["update", "grade", "1", "mark=x"],
    "the primary key of grade must be given as pupil, subject, received 1 value",
  ],
  [
    ["update", "grade", "1", "a", "pupil=2"],
    "grade.pupil is both in the key and among the assignments; remove one",
  ],
  [
    ["update", "grade", "1", "a", "mark=x", "--all"],
    "a key and --where or --all cannot be combined, received the key 1, a",
  ],
  [["update", "album_overview", "1", "title=x"], "album_overview has no primary key; use --where"],
  [["delete", "album_overview", "1"], "album_overview has no primary key; use --where"],
  [
    ["get", "album_overview", "1"],
    "album_overview has no primary key; use rowfn rows album_overview --where",
  ],
  [["create-table", "twice", "a=int", "a=text"], 'column "a" appears twice in columns; remove one'],
  [
    ["transform", "grade", "--rename", "mark=a", "--rename", "mark=b"],
    'column "mark" appears twice in --rename; remove one',
  ],
  [
    ["transform", "grade", "--default", "mark=a", "--default", "mark:=now()"],
    'column "mark" appears twice in --default; remove one',
  ],
  [
    ["transform", "grade", "--not-null", "mark", "--nullable", "mark"],
    'column "mark" appears twice in --not-null or --nullable; remove one',
  ],
  [["import", "grade", "x.csv", "--type", "mark=int"], "--type belongs to a new table; add --create"],
  [["insert", "grade", "mark=x", "--skip", "y"], "--skip belongs to a file; add --from file"],
])("%j is an invalid command line", async (args, message) => {
  expect(await store.inPipe(args)).toEqual({ code: 2, output: "", errors: `error: ${message}\n` });
});

test("columns of a file are renamed and skipped, types can be given, and messages name the options", async () => {
  const path = await file("odd.csv", "Pupil's No,,extra\n007,b,c\n");
  const unnamed = await store.inPipe(["import", "odd", path, "--create"]);
  expect(unnamed.errors).toBe(
    `error: ${path}, line 1: field 2 has no name; name it with --rename =name, or skip it with --skip ''\n`,
  );
  const names = ["--rename", "Pupil's No=pupil", "--rename", "=name", "--skip", "extra"];
  const created = await store.inPipe([
    ...["import", "odd", path, "--create", "--no-key", ...names, "--type", "pupil=int"],
  ]);
  expect(created).toEqual({
    code: 0,
    output: "1 row written to odd\n",
    errors: 'CREATE TABLE "public"."odd" (\n  "pupil" integer,\n  "name" text\n);\n',
  });
  expect(await stored("select * from odd")).toEqual([[7, "b"]]);
  const later = await file("later.csv", "pupil,it's seldom\n8,x\n");
  expect((await store.inPipe(["insert", "odd", "--from", later])).errors).toBe(
    `error: ${later}, line 1: odd has no column "it's seldom"; add it with --alter, or skip it with --skip 'it'\\''s seldom'\n`,
  );
  expect((await store.inPipe(["insert", "odd", "--from", later, "--skip", "seldom"])).errors).toBe(
    `error: ${later}, line 1: --rename or --skip names "seldom", which the header does not have\n`,
  );
  expect(await store.printed("insert", "odd", "--from", later, "--skip", "it's seldom")).toBe(
    "1 row written to odd\n",
  );
  expect(await store.inPipe(["insert", "odd", "--from", later, "--alter"])).toMatchObject({
    code: 0,
    output: "1 row written to odd\n",
  });
  expect(await stored('select * from odd order by pupil, "it\'s seldom" nulls first')).toEqual([
    [7, "b", null],
    [8, null, null],
    [8, null, "x"],
  ]);
});

test.each([
  "select 1 as n; -- one",
  "select 1 as n -- one;",
  "select 1 as n; /* one */ --two\n",
  "select 1 as n;\n\n",
])("query: the end of a statement may have a semicolon and comments: %j", async text => {
  expect(await store.printed("query", text, "--format", "csv")).toBe("n\n1\n");
});

test("query: a second statement is rejected, and one semicolon too many", async () => {
  for (const text of ["select 1; select 2", "select 1;;", "select 1; -- one\n;"])
    expect((await store.inPipe(["query", text])).errors).toStartWith("error: this SQL contains a semicolon;");
});

test("a directory instead of a file is named", async () => {
  const { directory } = store;
  for (const args of [
    ["import", "genre", directory, "--format", "csv"],
    ["memory", directory, "select 1", "--input", "csv"],
  ])
    expect((await store.inPipe(args)).errors).toBe(`error: ${directory} is a directory, not a file\n`);
  expect((await store.inPipe(["check", directory])).errors).toBe(
    `error: ${directory} is a directory, not a file\n`,
  );
});

test("a list of columns has names in double quotes, which may contain commas, spaces and minus signs", async () => {
  await store.sql.unsafe(`create table listed ("a, b" int primary key, " c" int, "-d" int, d int, "e""f" int);
    insert into listed values (1, 2, 3, 4, 5), (2, 2, 3, 4, 5)`);
  const rows = (...args: readonly string[]): Promise<string> =>
    store.printed("rows", "listed", "--format", "json", ...args);
  expect(await rows("--select", '"a, b", " c" ,d,"e""f"', "--order", '-"a, b"')).toBe(
    '[\n{"a, b":2," c":2,"d":4,"e\\"f":5},\n{"a, b":1," c":2,"d":4,"e\\"f":5}\n]\n',
  );
  expect(await rows("--select", 'e"f,-d', "--order", '"-d","a, b"', "--limit", "1")).toBe(
    '[\n{"e\\"f":5,"-d":3}\n]\n',
  );
  expect((await store.inPipe(["rows", "listed", "--select", '"a, b",d,"d"'])).errors).toBe(
    'error: column "d" appears twice in --select; remove one\n',
  );
  expect((await store.inPipe(["rows", "listed", "--select", '"a, b",""'])).errors).toBe(
    'error: --select must be comma-separated columns, received "\\"a, b\\",\\"\\""\n',
  );
  expect((await store.inPipe(["rows", "listed", "--order", '"a, b" desc'])).errors).toContain(
    `write --order='-"a, b"'\n`,
  );
  expect(await store.printed("create-table", "quoted", "x, y=int", "--key", '"x, y"', "--dry-run")).toContain(
    'PRIMARY KEY ("x, y")',
  );
});
