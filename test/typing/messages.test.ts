import { expect, test } from "bun:test";
import { join } from "node:path";
import { compile } from "../files/compile.ts";

const DATABASE = join(import.meta.dir, "../../examples/music-store");

/** A mistake, and the first line of what the compiler says. */
const MISTAKES: readonly (readonly [code: string, message: string])[] = [
  [`rowsWhere(sql, schema, "trac")`, ""],
  [`rowsWhere(sql, schema, "track", { where: { nam: "a" } })`, ""],
  [`rowsWhere(sql, schema, "track", { where: or({ nam: "a" }, { name: "b" }) })`, ""],
  [`rowsWhere(sql, schema, "track", { where: { name: 1 } })`, ""],
  [`rowsWhere(sql, schema, "track", { where: { name: gt(1) } })`, ""],
  [`rowsWhere(sql, schema, "track", { where: { milliseconds: like("1%") } })`, ""],
  [`rowsWhere(sql, schema, "track", { select: ["nam"] })`, ""],
  [`rowsWhere(sql, schema, "track", { orderBy: "nam" })`, ""],
  [`rowsWhere(sql, schema, "track", { orderBy: desc("nam") })`, ""],
  [`rowsWhere(sql, schema, "artist", { include: { albums: true } })`, ""],
  [`rowsWhere(sql, schema, "artist", { include: { album: { select: ["titel"] } } })`, ""],
  [`rowsWhere(sql, schema, "artist", { include: { album: { where: { titel: "a" } } } })`, ""],
  [`insert(sql, schema, "artist", { nam: "a" })`, ""],
  [`insert(sql, schema, "artist", { country: "SE" })`, ""],
  [`insert(sql, schema, "artist", { name: 1 })`, ""],
  [`insert(sql, schema, "genre_sales", { genre: "a" })`, ""],
  [`update(sql, schema, "artist", { artist_id: 1, nam: "a" })`, ""],
  [`updateWhere(sql, schema, "artist", { nam: "a" }, { all: true })`, ""],
  [`get(sql, schema, "playlist_track", { playlist_id: 1 })`, ""],
  [`groupBy(sql, schema, "track", "genre")`, ""],
];

test("a mistake gets a short message, with what was meant where that can be guessed", async () => {
  const lines = [
    'import { desc, get, groupBy, gt, insert, like, or, rowsWhere, type SqlHandle, update, updateWhere } from "rowfn";',
    `import { schema } from "${DATABASE}/database.ts";`,
    "declare const sql: SqlHandle;",
    ...MISTAKES.map(([code]) => `await ${code};`),
    "export {};",
  ];
  const { tsc, bunCheck } = await compile({ "mistakes.ts": lines.join("\n") });
  const said = (errors: readonly string[]): readonly (readonly [string, string])[] =>
    errors.map(error => {
      const [, line, message] = /^mistakes\.ts\((\d+),\d+\): error TS\d+: (.*)$/.exec(error)!;
      return [MISTAKES[Number(line) - 4]![0], message!];
    });
  console.log(JSON.stringify(said(tsc), null, 1));
  expect(said(tsc)).toEqual([...MISTAKES]);
  expect(said(bunCheck)).toEqual([...MISTAKES]);
});
