import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { MAIN } from "../support/command-process.ts";
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

const GENRES = "select genre_id, name from genre where genre_id > 12 order by genre_id";

test("insert: a row of assignments is printed as stored", async () => {
  expect(await store.printed("insert", "genre", "genre_id=13", "name=Polka")).toBe(
    "genre_id\tname\n13\tPolka\n",
  );
  expect(await stored(GENRES)).toEqual([[13, "Polka"]]);
  const { code, output } = await store.onTerminal(["insert", "playlist", "playlist_id=900", "name=Dawn"]);
  expect([code, output]).toEqual([
    0,
    "\x1b[1mcolumn       value\x1b[22m\n-----------  -----\nplaylist_id  900\nname         Dawn\n",
  ]);
});

test("insert: json, null and defaults", async () => {
  const customer = ["email=a@b.c", "first_name=A", "last_name=B", "country=Fiji"];
  const row = JSON.parse(
    await store.printed(
      ...["insert", "customer", ...customer, 'settings:={"theme": "dark"}', "support_rep_id:=null"],
      ...["--format", "ndjson"],
    ),
  );
  expect(row).toMatchObject({ tier: "free", settings: { theme: "dark" }, support_rep_id: null });
});

test("insert: an invalid value is reported with its column, and nothing is stored", async () => {
  const { code, errors } = await store.inPipe(["insert", "track", "name=x", "album_id=1", "milliseconds=0"]);
  expect(code).toBe(1);
  expect(errors).toContain("error: track: 2 invalid values\n");
  expect(errors).toContain(
    "  track.milliseconds: Expected a value that satisfies milliseconds > 0, received 0",
  );
  expect(await store.inPipe(["insert", "genre", "genre_id=1", "name=x"])).toMatchObject({
    code: 1,
    errors: expect.stringContaining("genre.genre_id: 1 is already taken [23505, genre_pkey]"),
  });
  expect(await store.inPipe(["insert", "genre"])).toEqual({
    code: 2,
    output: "",
    errors: "error: a row or a file is required; write either column=value or --from file\n",
  });
});

test("upsert: updates the row with the same primary key or unique key", async () => {
  expect(await store.printed("upsert", "genre", "genre_id=13", "name=Waltz")).toBe(
    "genre_id\tname\n13\tWaltz\n",
  );
  await store.printed("upsert", "genre", "genre_id=14", "name=Waltz", "--key", "name");
  expect(await stored(GENRES)).toEqual([[13, "Waltz"]]);
});

describe("import", () => {
  const forms = {
    csv: 'genre_id,name\n20,"a, ""b""\n"\n21,c\n',
    tsv: 'genre_id\tname\n20\t"a, ""b""\n"\n21\tc\n',
    json: '[{"genre_id": 20, "name": "a, \\"b\\"\\n"}, {"genre_id": "21", "name": "c"}]',
    ndjson: '{"genre_id": 20, "name": "a, \\"b\\"\\n"}\n\n{"genre_id": 21, "name": "c"}',
  };
  for (const [format, text] of Object.entries(forms))
    test(`${format}: from a file by its name, and from standard input`, async () => {
      const expected = [
        [20, 'a, "b"\n'],
        [21, "c"],
      ];
      await store.sql`delete from genre where genre_id > 12`;
      const path = await file(`genre.${format}`, text);
      expect(await store.printed("import", "genre", path)).toBe("2 rows written to genre\n");
      expect(await stored(GENRES)).toEqual(expected);
      await store.sql`delete from genre where genre_id > 12`;
      const piped = await store.inPipe(["import", "genre", "-", "--format", format], { stdin: text });
      expect(piped).toEqual({ code: 0, output: "2 rows written to genre\n", errors: "" });
      expect(await stored(GENRES)).toEqual(expected);
    });

  test("invalid values are listed with their lines, and nothing is written", async () => {
    const path = await file(
      "track.csv",
      'name,album_id,media_type_id,milliseconds\nA,1,1,9\n"B\nB",x,1,9\n\nC,1,1,0\nD,,1,9\n',
    );
    const before = await stored("select count(*) from track");
    const { code, output, errors } = await store.inPipe(["import", "track", path]);
    expect([code, output]).toEqual([1, ""]);
    expect(errors).toBe(
      [
        `error: ${path}: 3 invalid values; nothing was written`,
        '  line 4, album_id: found "x", expected an integer from -2147483648 to 2147483647',
        "  line 6, milliseconds: found 0, expected a value that satisfies milliseconds > 0 (constraint track_milliseconds_check)",
        "  line 7, album_id: found no value, expected an integer from -2147483648 to 2147483647 (the column is NOT NULL)",
        "",
      ].join("\n"),
    );
    expect(await stored("select count(*) from track")).toEqual(before);
  });

  test("a violated constraint is reported with the line, and nothing is written", async () => {
    await store.sql`delete from genre where genre_id > 12`;
    const path = await file("genre.csv", "genre_id,name\n30,New\n31,Rock\n32,Newer\n");
    const { code, errors } = await store.inPipe(["import", "genre", path]);
    expect([code, errors]).toEqual([
      1,
      `error: ${path}, line 3, name: "Rock" is already taken; nothing was written\n`,
    ]);
    expect(await stored(GENRES)).toEqual([]);
  });

  test("an empty field is NULL, and a quoted empty field is the empty string", async () => {
    const text = 'artist_id,name,country\n900,"",\n';
    await store.inOwnProcess(["import", "artist", "-", "--format", "csv"], { stdin: text });
    expect(await stored("select name, country from artist where artist_id = 900")).toEqual([["", null]]);
  });

  test("an invalid file is reported with the line", async () => {
    const errorsOf = async (name: string, text: string): Promise<string> =>
      (await store.inPipe(["import", "genre", await file(name, text)])).errors.replaceAll(
        `${store.directory}/`,
        "",
      );
    expect(await errorsOf("a.csv", "genre_id,nme\n1,x\n")).toBe(
      'error: a.csv, line 1: genre has no column "nme"; did you mean "name"?\n',
    );
    expect(await errorsOf("a.csv", "name,name\n1,x\n")).toBe(
      'error: a.csv, line 1: column "name" appears twice\n',
    );
    expect(await errorsOf("a.csv", "genre_id,name\n1\n")).toBe(
      "error: a.csv, line 2: expected 2 fields, as in the header, received 1\n",
    );
    expect(await errorsOf("a.ndjson", '{"genre_id": 1}\n{')).toContain(
      "a.ndjson, line 2: the text is not valid JSON (character 2: ",
    );
    expect(await errorsOf("a.json", "[1]")).toBe(
      "error: a.json, row 1: expected a row as an object { column: value }, received 1\n",
    );
    expect(await errorsOf("a.txt", "")).toBe(
      "error: --format is required because a.txt has no known extension; choose csv, tsv, json or ndjson\n",
    );
    const path = join(store.directory, "latin1.csv");
    await Bun.write(path, new Uint8Array([...Buffer.from("genre_id,name\n1,"), 0xe9, 0x0a]));
    expect((await store.inPipe(["import", "genre", path])).errors).toBe(
      `error: ${path}, line 2: the file is not UTF-8\n`,
    );
    expect((await store.inPipe(["import", "genre", "no.csv"])).errors).toBe(
      "error: file no.csv does not exist\n",
    );
  });

  test("upsert --from updates existing rows", async () => {
    await store.sql`delete from genre where genre_id > 12`;
    await store.sql`insert into genre values (40, 'Old')`;
    const path = await file("genre.csv", "genre_id,name\n40,New\n41,Newer\n");
    expect(await store.printed("upsert", "genre", "--from", path)).toBe("2 rows written to genre\n");
    expect(await stored(GENRES)).toEqual([
      [40, "New"],
      [41, "Newer"],
    ]);
    const again = await store.inPipe(["upsert", "genre", "--from", "-", "--input", "ndjson"], {
      stdin: '{"genre_id": 41, "name": "Newest"}',
    });
    expect(again.output).toBe("1 row written to genre\n");
  });

  test("a progress bar is shown only on a terminal and cleared at the end", async () => {
    const rows = Array.from({ length: 25_000 }, (_, index) => `${index + 1000},n${index}`);
    const path = await file("playlist.csv", `playlist_id,name\n${rows.join("\n")}\n`);
    const { code, output } = await store.onPseudoTerminal(["import", "playlist", path], { columns: 100 });
    expect(code).toBe(0);
    expect(output).toMatch(/100% \| (\d+)\/\1 bytes/);
    expect(output).toEndWith("\x1b[1G\x1b[2K25000 rows written to playlist\n");
    expect(await stored("select count(*) from playlist where playlist_id >= 1000")).toEqual([["25000"]]);
  });
});

describe("export", () => {
  test("exported rows are imported unchanged, in every format", async () => {
    await store.sql.unsafe(`
      create type mood as enum ('sad', 'glad');
      create type pair as (a int, b text);
      create table odd (id int primary key, t text, big int8, n numeric, f float8, b bool, ts timestamptz, d date,
        js jsonb, tags text[], grid int[], m mood, p pair, r int4range, bytes bytea, at point, i interval);
      insert into odd values
        (1, E'quote " comma , tab \\t line \\n end', 9223372036854775807, 12345678901234567890.123456789, 0.1, true,
          '2026-11-25 12:00:00.123456+00', '2026-11-25', '{"a": [1, null, "x"], "big": 12345678901234567890}',
          '{a,"b,c",NULL,""}', '{{1,2},{3,4}}', 'glad', '(1,"x y")', '[1,5)', '\\x00ff', '(1,2)', '1 day 02:00:00'),
        (2, '', -1, 'NaN', 'Infinity', false, 'infinity', '-infinity', '"text"', '{}', '{}', 'sad', '(,)', 'empty', '', '(0,0)', '0'),
        (3, ' spaced ', null, null, '-Infinity', null, '0001-01-01 00:00:00+00 BC', null, '[1.5]', null, null, null, null, null, null, null, null)`);
    const text = "select o::text from odd o order by id";
    const before = await stored(text);
    for (const format of ["csv", "tsv", "json", "ndjson"]) {
      const path = join(store.directory, `odd.${format}`);
      expect(await store.printed("export", "odd", "--out", path)).toBe("");
      await store.sql`delete from odd`;
      expect(await store.printed("import", "odd", path)).toBe("3 rows written to odd\n");
      expect(await stored(text)).toEqual(before);
    }
  });

  test("to standard output, filtered and ordered", async () => {
    expect(
      await store.printed(
        ...[
          "export",
          "genre",
          "--where",
          "genre_id<3",
          "--order=-genre_id",
          "--select",
          "name",
          "--format",
          "csv",
        ],
      ),
    ).toBe("name\nBlues\nAmbient\n");
    expect(await store.inPipe(["export", "genre"])).toMatchObject({
      code: 2,
      errors: "error: --format is required for standard input and output; choose csv, tsv, json or ndjson\n",
    });
  });

  test("many rows are written, also to a reader that stops early", async () => {
    const child = Bun.spawn(
      ["bash", "-c", `"$0" "$1" export track --format csv | head -n 1`, process.execPath, MAIN],
      { env: { ...process.env, DATABASE_URL: store.database.url }, stdout: "pipe", stderr: "pipe" },
    );
    expect(await new Response(child.stdout).text()).toStartWith("track_id,name,");
    expect(await new Response(child.stderr).text()).toBe("");
    const { output } = await store.inOwnProcess(["export", "track", "--format", "ndjson"]);
    expect(output.split("\n")).toHaveLength(3001);
  });

  test("a failure leaves no incomplete file and does not change an existing one", async () => {
    const path = await file("kept.csv", "kept\n");
    await store.sql`create view bad as select 1 / (3 - genre_id) as n from genre order by genre_id`;
    expect(await store.inPipe(["export", "bad", "--out", path])).toMatchObject({
      code: 1,
      errors: expect.stringContaining("division by zero"),
    });
    expect(await Bun.file(path).text()).toBe("kept\n");
    expect(readdirSync(store.directory).filter(name => name.includes("unfinished"))).toEqual([]);
  });

  test("a progress bar is shown on a terminal", async () => {
    const path = join(store.directory, "track.csv");
    const { code, output } = await store.onTerminal(["export", "track", "--out", path], { columns: 100 });
    expect(code).toBe(0);
    expect(output).toContain("/3000 rows");
    expect(output).toEndWith("\x1b[2K");
  });
});

test("query: a statement that writes and returns two columns with the same name writes nothing", async () => {
  const duplicate = "values (90, 'Twice') returning genre_id as id, name as id";
  for (const text of [
    `insert into genre (genre_id, name) ${duplicate}`,
    `/* a */ -- b\n with new as (insert into genre (genre_id, name) values (90, 'Twice') returning *) select name as id, genre_id as id from new;`,
  ])
    expect(await store.inPipe(["query", text])).toEqual({
      code: 1,
      output: "",
      errors: "error: query: two columns are named id; rename one with AS\n",
    });
  expect(await stored("select * from genre where genre_id = 90")).toEqual([]);
});

test("query: a statement that is not allowed in a transaction runs", async () => {
  expect(await store.inPipe(["query", "vacuum genre"])).toEqual({ code: 0, output: "", errors: "" });
});
