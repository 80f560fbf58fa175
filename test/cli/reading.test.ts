import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Sample, sample } from "../support/command-sample.ts";

let store: Sample;

beforeAll(async () => {
  store = await sample();
});
afterAll(() => store.drop());

/** The output on a terminal, with readable escape sequences. */
async function terminalOutput(columns: number, ...args: readonly string[]): Promise<string> {
  const { code, output } = await store.onTerminal(args, { columns });
  expect(code).toBe(0);
  return output.replaceAll("\x1b", "^");
}

function lines(...texts: readonly string[]): string {
  return texts.map(text => `${text}\n`).join("");
}

test("tables: one line per table in a pipe, with a header", async () => {
  expect(await store.printed("tables")).toBe(
    lines(
      "name\tkind\tcolumns\tkey\tcomment",
      "album\ttable\t4\talbum_id\t",
      "album_overview\tview\t5\t\t",
      "artist\ttable\t3\tartist_id\tWho made the music: a person or a band",
      "customer\ttable\t10\tcustomer_id\t",
      "employee\ttable\t6\temployee_id\t",
      "genre\ttable\t2\tgenre_id\t",
      "genre_sales\tmaterialized view\t4\t\t",
      "invoice\ttable\t5\tinvoice_id\t",
      "invoice_line\ttable\t5\tinvoice_line_id\t",
      "media_type\ttable\t2\tmedia_type_id\t",
      "playlist\ttable\t2\tplaylist_id\t",
      "playlist_track\ttable\t3\tplaylist_id, track_id\t",
      "track\ttable\t11\ttrack_id\t",
    ),
  );
});

test("tables --counts counts rows, as json", async () => {
  const rows: unknown = JSON.parse(await store.printed("tables", "--counts", "--format", "json"));
  expect(rows).toContainEqual({
    name: "album",
    kind: "table",
    columns: 4,
    rows: 300,
    key: "album_id",
    comment: null,
  });
});

test("on a terminal a table is aligned and cropped to the width, with a bold header", async () => {
  const { output } = await store.onPseudoTerminal(["tables"], { columns: 60 });
  expect(output.split("\n").slice(0, 5)).toEqual([
    "\x1b[1mname         kind         columns  key          comment\x1b[22m",
    "-----------  -----------  -------  -----------  ------------",
    "album        table              4  album_id",
    "album_over…  view               5",
    "artist       table              3  artist_id    Who made th…",
  ]);
  const plain = await store.onPseudoTerminal(["tables"], { columns: 60, env: { NO_COLOR: "1" } });
  expect(plain.output).toStartWith("name         kind ");
});

test("columns: one line per column with its type, default, key, reference and comment", async () => {
  expect(await store.printed("columns", "album", "--format", "table")).toBe(
    lines(
      "name         type                    nullable  default   key      references        comment",
      "-----------  ----------------------  --------  --------  -------  ----------------  -------",
      "album_id     integer                 false     identity  primary",
      "title        character varying(160)  false               unique",
      "artist_id    integer                 false               unique   artist.artist_id",
      "released_on  date                    true",
    ),
  );
  expect(await terminalOutput(200, "columns", "album")).toContain(
    "\nalbum_id     integer                 false ",
  );
  expect(await store.printed("columns", "track")).toContain(
    "seconds\tinteger\tfalse\tgenerated stored: (milliseconds / 1000)\t\t\t\n",
  );
});

test("columns: a referenced table has the name that the functions accept; tables: partitions only on request", async () => {
  await store.sql.unsafe(`create schema auth; create table auth.users (id int primary key); create table users (id int primary key);
    create table post (a int references auth.users, b int references users, at date) partition by range (at);
    create table post_2026 partition of post for values from ('2026-01-01') to ('2027-01-01')`);
  try {
    const rows = JSON.parse(await store.printed("columns", "post", "--format", "json"));
    expect(rows.map(({ references }: { references: string | null }) => references)).toEqual([
      "auth.users.id",
      "users.id",
      null,
    ]);
    const names = async (...options: readonly string[]): Promise<string[]> =>
      JSON.parse(await store.printed("tables", "--format", "json", ...options))
        .map(({ name }: { name: string }) => name)
        .filter((name: string) => /post|users/.test(name));
    expect(await names()).toEqual(["auth.users", "post", "users"]);
    expect(await names("--partitions", "--counts")).toEqual(["auth.users", "post", "post_2026", "users"]);
  } finally {
    await store.sql.unsafe("drop table post, users; drop schema auth cascade");
  }
});

test("an unknown table is reported with the nearest name", async () => {
  expect(await store.inPipe(["columns", "albun"])).toEqual({
    code: 1,
    output: "",
    errors: 'error: table or view "albun" does not exist; did you mean "album"?\n',
  });
});

test("rows: filters, order, limit, offset, select and each format", async () => {
  const args = [
    ...["rows", "track", "--where", "genre_id=1", "--where", "milliseconds >= 370000"],
    ...[
      "--order=-milliseconds",
      "--offset",
      "1",
      "--limit",
      "2",
      "--select",
      "track_id,unit_price,tags,bytes",
    ],
  ];
  const stored = await store.sql`select track_id, unit_price, bytes from track
    where genre_id = 1 and milliseconds >= 370000 order by milliseconds desc limit 2 offset 1`;
  const rows = JSON.parse(await store.printed(...args, "--format", "json"));
  expect(rows).toEqual(stored.map((row: object) => ({ ...row, tags: expect.any(Array) })));
  const [first, second] = rows.map((row: Record<string, unknown>) => JSON.stringify(row));
  expect(await store.printed(...args, "--format", "ndjson")).toBe(lines(first, second));
  expect(await store.printed(...args)).toStartWith(
    `track_id\tunit_price\ttags\tbytes\n${rows[0].track_id}\t`,
  );
  expect(await store.printed(...args, "--format", "csv")).toStartWith(
    `track_id,unit_price,tags,bytes\n${rows[0].track_id},`,
  );
});

test("rows: numbers are right-aligned, and all microseconds are printed", async () => {
  await store.sql`update customer set created_at = '2026-11-25 12:00:00.123456+00' where customer_id = 7`;
  const output = await terminalOutput(
    80,
    ...["rows", "customer", "--where", "customer_id=7", "--select", "customer_id,created_at,deleted_at"],
  );
  expect(output).toBe(
    lines(
      "^[1mcustomer_id  created_at                     deleted_at^[22m",
      "-----------  -----------------------------  ----------",
      "          7  2026-11-25 12:00:00.123456+00",
    ),
  );
});

test("rows prints the first 100 rows on a terminal, with a notice, and all rows in a pipe", async () => {
  const output = await terminalOutput(80, "rows", "album", "--select", "album_id");
  expect(output).toEndWith("     100\nonly the first 100 rows are shown; add --limit to show more\n");
  expect((await terminalOutput(80, "rows", "album", "--limit", "120")).split("\n")).toHaveLength(123);
  expect((await store.printed("rows", "album")).split("\n")).toHaveLength(302);
});

test("rows: without rows only the header is printed", async () => {
  expect(await store.printed("rows", "genre", "--where", "genre_id=99")).toBe("genre_id\tname\n");
  expect(await store.printed("rows", "genre", "--where", "genre_id=99", "--format", "json")).toBe("[\n]\n");
});

test("an invalid filter or limit exits with 2, and a value that the column cannot store exits with 1", async () => {
  expect(await store.inPipe(["rows", "genre", "--where", "genre_id"])).toMatchObject({ code: 2 });
  expect(await store.inPipe(["rows", "genre", "--limit", "few"])).toMatchObject({ code: 2 });
  const rejected = await store.inPipe(["rows", "genre", "--where", "genre_id=x"]);
  expect([rejected.code, rejected.errors]).toEqual([
    1,
    'error: genre.genre_id: expected an integer from -2147483648 to 2147483647, received "x"\n',
  ]);
});

test("get: one row by its key, on a terminal with one line per column", async () => {
  expect(await store.printed("get", "genre", "12")).toBe("genre_id\tname\n12\tRock\n");
  const [{ position }] = await store.sql`select position from playlist_track where playlist_id = 2 limit 1`;
  const [{ track_id }] =
    await store.sql`select track_id from playlist_track where playlist_id = 2 and position = ${position}`;
  expect(await store.printed("get", "playlist_track", "2", String(track_id), "--format", "ndjson")).toBe(
    `${JSON.stringify({ track_id, playlist_id: 2, position })}\n`,
  );
  expect(await terminalOutput(40, "get", "artist", "1")).toBe(
    lines(
      "^[1mcolumn     value^[22m",
      "---------  ---------------",
      "artist_id  1",
      "name       Silver Lanterns",
      "country",
    ),
  );
});

test("get: a missing row exits with 1, and a key with the wrong number of values exits with 2", async () => {
  expect(await store.inPipe(["get", "genre", "99"])).toEqual({
    code: 1,
    output: "",
    errors: "error: genre has no row with genre_id 99\n",
  });
  expect(await store.inPipe(["get", "playlist_track", "1"])).toEqual({
    code: 2,
    output: "",
    errors:
      "error: the primary key of playlist_track must be given as playlist_id, track_id, received 1 value\n",
  });
});

test("query: a statement with parameters, from the command line or standard input", async () => {
  const text = "select name, genre_id from genre where genre_id <= $1 order by genre_id;";
  expect(await store.printed("query", text, "2")).toBe("name\tgenre_id\nAmbient\t1\nBlues\t2\n");
  expect((await store.inOwnProcess(["query", "-", "1"], { stdin: `${text}\n` })).output).toBe(
    "name\tgenre_id\nAmbient\t1\n",
  );
  expect(await terminalOutput(40, "query", text, "1")).toBe(
    lines("^[1mname     genre_id^[22m", "-------  --------", "Ambient         1"),
  );
});

test("query: standard input that is not UTF-8 is rejected", async () => {
  const stdin = Buffer.from("select 'caf\xe9'", "latin1");
  expect(await store.inPipe(["query", "-"], { stdin })).toEqual({
    code: 1,
    output: "",
    errors: "error: standard input is not UTF-8\n",
  });
});

const EXACT = `select timestamptz '2026-01-31 10:00:00.123456Z' as at, '{"n": 12345678901234567890}'::jsonb as doc,
  array[timestamp '2026-01-31 10:00:00.123456'] as times, 1.1::float4 as f, true as yes, '' as empty, null as none,
  12.50 as price, array[true, null] as flags, 'free'::customer_tier as tier, array['free'::customer_tier, null] as tiers, $1 as given`;

test("query: values have all digits and microseconds in each format", async () => {
  expect(await store.printed("query", EXACT, "é", "--format", "tsv")).toBe(
    'at\tdoc\ttimes\tf\tyes\tempty\tnone\tprice\tflags\ttier\ttiers\tgiven\n2026-01-31 10:00:00.123456+00\t"{""n"": 12345678901234567890}"\t"{""2026-01-31 10:00:00.123456""}"\t1.1\ttrue\t""\t\t12.50\t"{""true"",NULL}"\tfree\t"{""free"",NULL}"\té\n',
  );
  expect(await store.printed("query", EXACT, "é", "--format", "ndjson")).toBe(
    '{"at":"2026-01-31 10:00:00.123456+00","doc":{"n": 12345678901234567890},"times":["2026-01-31 10:00:00.123456"],"f":1.1,"yes":true,"empty":"","none":null,"price":"12.50","flags":[true,null],"tier":"free","tiers":["free",null],"given":"é"}\n',
  );
});

test("query: the columns of a result without rows are printed", async () => {
  const text = "select 1 as a, 'x' as b where false";
  expect(await store.printed("query", text, "--format", "json")).toBe("[\n]\n");
  expect(await store.printed("query", text, "--format", "csv")).toBe("a,b\n");
  expect(await store.printed("query", text, "--format", "markdown")).toBe("| a | b |\n| --: | --- |\n");
});

test("json is printed and stored with all digits", async () => {
  await store.sql`create table exact_doc (id int primary key, doc jsonb, plain json)`;
  const document = '{"n": 12345678901234567890, "x": 0.1234567890123456789}';
  const row = `{"id":1,"doc":${document},"plain":null}\n`;
  expect(
    await store.printed(
      "insert",
      "exact_doc",
      "id=1",
      `doc:=${document}`,
      "plain:=null",
      "--format",
      "ndjson",
    ),
  ).toBe(row);
  expect(await store.printed("rows", "exact_doc", "--format", "ndjson")).toBe(row);
  expect(await store.printed("get", "exact_doc", "1", "--format", "csv")).toBe(
    `id,doc,plain\n1,"${document.replaceAll('"', '""')}",\n`,
  );
  expect(await store.printed("update", "exact_doc", "1", `plain=${document}`, "--format", "ndjson")).toBe(
    row.replace('"plain":null', `"plain":${document}`),
  );
});

test("query: a statement without rows prints nothing, and an error of PostgreSQL is one readable error", async () => {
  expect(await store.printed("query", "update genre set name = 'Jazz!' where genre_id = 8")).toBe("");
  const [{ name }] = await store.sql`select name from genre where genre_id = 8`;
  expect(name).toBe("Jazz!");
  const { code, errors } = await store.inOwnProcess(["query", "select nothing"]);
  expect([code, errors]).toEqual([
    1,
    'error: column "nothing" does not exist [42703]\n  in: select nothing\n             ^\n',
  ]);
});

test("control characters of a value do not reach the terminal", async () => {
  expect(await terminalOutput(80, "query", "select E'a\\x1b[31m\\n\\tb' as text")).toBe(
    lines("^[1mtext^[22m", "----------------", "a\\u001b[31m\\n\\tb"),
  );
});
