import { expect, test } from "bun:test";
import { join } from "node:path";
import { compile } from "../support/compile.ts";

const DATABASE = join(import.meta.dir, "../../examples/music-store");

/** A mistake, and the first line of each compiler message. */
const MISTAKES: readonly (readonly [code: string, ...messages: string[]])[] = [
  [
    `rowsWhere(sql, schema, "trac")`,
    `Argument of type '"trac"' is not assignable to parameter of type 'TableName<Tables>'.`,
  ],
  [
    `rowsWhere(sql, schema, "track", { where: { nam: "a" } })`,
    "Object literal may only specify known properties, but 'nam' does not exist in type 'KnownFilter<TrackFilter & InTable<Tables, \"track\">>'. Did you mean to write 'name'?",
  ],
  [
    `rowsWhere(sql, schema, "track", { where: or({ name: "b" }, { nam: "a" }) })`,
    "No overload matches this call. Object literal may only specify known properties, but 'nam' does not exist in type 'KnownFilter<TrackFilter & InTable<Tables, \"track\">>'. Did you mean to write 'name'?",
  ],
  [
    `rowsWhere(sql, schema, "track", { where: and({ name: "b" }, not(or({ nam: "a" }))) })`,
    "No overload matches this call. Object literal may only specify known properties, but 'nam' does not exist in type 'KnownFilter<TrackFilter & InTable<Tables, \"track\">>'. Did you mean to write 'name'?",
  ],
  [
    `rowsWhere(sql, schema, "artist", { where: some("album", { titel: "a" }) })`,
    `Object literal may only specify known properties, but 'titel' does not exist in type 'KnownFilter<AlbumRow & InTable<Tables, "album">>'. Did you mean to write 'title'?`,
  ],
  [
    `count(sql, schema, "artist", { where: and({ name: "b" }, none("album", every("track", { nam: "a" }))) })`,
    `Object literal may only specify known properties, but 'nam' does not exist in type 'KnownFilter<TrackFilter & InTable<Tables, "track">>'. Did you mean to write 'name'?`,
  ],
  [
    `rowsWhere(sql, schema, "artist", { where: some("albums", { title: "a" }) })`,
    `Argument of type '"albums"' is not assignable to parameter of type '"albums" & Rejected<"artist has no relation albums">'.`,
  ],
  [
    `rowsWhere(sql, schema, "artist", { where: some("album", { title: 5 }) })`,
    "Type 'number' is not assignable to type 'string | Operator<string | Pattern> | null | undefined'.",
  ],
  [
    `rowsWhere(sql, schema, "track", { where: { name: 1 } })`,
    "Type 'number' is not assignable to type 'string | Operator<string | Pattern> | null | undefined'.",
  ],
  [
    `rowsWhere(sql, schema, "track", { where: { name: gt(1) } })`,
    "Type 'Operator<1>' is not assignable to type 'string | Operator<string | Pattern> | null | undefined'.",
  ],
  [
    `rowsWhere(sql, schema, "track", { where: { milliseconds: like("1%") } })`,
    "Type 'Operator<Pattern>' is not assignable to type 'number | Operator<number> | null | undefined'.",
  ],
  [
    `rowsWhere(sql, schema, "track", { select: ["nam"] })`,
    `Type '"nam"' is not assignable to type 'Alias<never, ColumnName<Tables, "track">> | ColumnName<Tables, "track">'. Did you mean '"name"'?`,
  ],
  [
    `rowsWhere(sql, schema, "track", { orderBy: "nam" })`,
    `Type '"nam"' is not assignable to type 'OrderBy<SortName<Tables, "track">> | undefined'. Did you mean '"name"'?`,
  ],
  [
    `rowsWhere(sql, schema, "track", { orderBy: desc("nam") })`,
    `Type 'Order<"nam">' is not assignable to type 'OrderBy<SortName<Tables, "track">> | undefined'.`,
  ],
  [
    `rowsWhere(sql, schema, "artist", { include: { albums: true } })`,
    `Type 'true' is not assignable to type 'true & Rejected<"artist has no relation albums">'.`,
  ],
  [
    `rowsWhere(sql, schema, "employee", { include: { employee: true } })`,
    `Type 'true' is not assignable to type 'true & Rejected<"employee has no relation employee, or several: choose one by the options by and many">'.`,
  ],
  [
    `rowsWhere(sql, schema, "artist", { include: { album: { select: ["titel"] } } })`,
    `Type '["titel"]' is not assignable to type 'readonly ["titel"] & readonly ColumnName<Tables, "album">[]'.`,
  ],
  [
    `rowsWhere(sql, schema, "artist", { include: { album: { where: { titel: "a" } } } })`,
    `Type '"a"' is not assignable to type '"a" & Rejected<"no column titel">'.`,
  ],
  [
    `insert(sql, schema, "artist", { nam: "a" })`,
    "Object literal may only specify known properties, but 'nam' does not exist in type 'Written<ArtistInsert>'. Did you mean to write 'name'?",
  ],
  [
    `insert(sql, schema, "artist", { country: "SE" })`,
    "Property 'name' is missing in type '{ country: string; }' but required in type 'Written<ArtistInsert>'.",
  ],
  [
    `insert(sql, schema, "artist", { name: 1 })`,
    "Type 'number' is not assignable to type 'string | Fragment'.",
  ],
  [
    `insert(sql, schema, "genre_sales", { genre: "a" })`,
    "Argument of type '{ genre: string; }' is not assignable to parameter of type 'never'.",
  ],
  [
    `update(sql, schema, "artist", { artist_id: 1, nam: "a" })`,
    "Object literal may only specify known properties, but 'nam' does not exist in type 'Written<ArtistUpdate> & { artist_id: number; }'. Did you mean to write 'name'?",
  ],
  [
    `updateWhere(sql, schema, "artist", { nam: "a" }, { all: true })`,
    "Object literal may only specify known properties, but 'nam' does not exist in type 'Written<ArtistUpdate>'. Did you mean to write 'name'?",
  ],
  [
    `get(sql, schema, "playlist_track", { playlist_id: 1 })`,
    "Argument of type '{ playlist_id: number; }' is not assignable to parameter of type '{ playlist_id: number; track_id: number; } | readonly [number, number]'.",
  ],
  [
    `groupBy(sql, schema, "track", "genre")`,
    `Argument of type '"genre"' is not assignable to parameter of type 'Alias<never, ColumnName<Tables, "track">> | readonly (Alias<never, ColumnName<Tables, "track">> | ColumnName<Tables, "track">)[] | ColumnName<...>'.`,
  ],
  [
    `groupBy(sql, schema, "track", "genre_id", { aggregates: { n: { sum: "numbr" } } })`,
    `Type '{ sum: "numbr"; }' is not assignable to type '{ readonly sum: "numbr"; } & Rejected<"no column numbr">'.`,
  ],
  [
    `groupBy(sql, schema, "track", "genre_id", { aggregates: { n: "cont" } })`,
    `Type '"cont"' is not assignable to type 'Aggregate & ("count" | Rejected<\`no column \${string}\`>)'. Did you mean '"count"'?`,
  ],
  [
    `groupBy(sql, schema, "track", "genre_id", { aggregates: { n: { sum: "milliseconds" } }, orderBy: "nn" })`,
    `Type '"nn"' is not assignable to type 'OrderBy<"album_id" | "bytes" | "composer" | "genre_id" | "media_type_id" | "milliseconds" | "n" | "name" | "seconds" | "tags" | "track_id" | "unit_price"> | undefined'.`,
  ],
  [
    `insert(sql, schema, "artist", { name: undefined })`,
    `Type 'undefined' is not assignable to type 'string | Fragment'.`,
  ],
  [
    `insert(sql, schema, "artist", { name: "a" }, { returning: ["nam"] })`,
    `Type '"nam"' is not assignable to type 'ColumnName<Tables, "artist">'. Did you mean '"name"'?`,
  ],
  [
    `insert(sql, schema, "artist", { name: "a" }, { returnig: false })`,
    `Object literal may only specify known properties, but 'returnig' does not exist in type 'AlterOptions & OverridingOptions & InsertOptions<ColumnName<Tables, "artist">> & NestOption<Tables, "artist", Record<...>>'. Did you mean to write 'returning'?`,
  ],
  [
    `insertMany(sql, schema, "artist", { name: "a" })`,
    `Object literal may only specify known properties, and 'name' does not exist in type 'ManyRows<ArtistInsert>'.`,
  ],
  [
    `insertMany(sql, schema, "artist", [{ nam: "a" }])`,
    `Argument of type '{ nam: string; }[]' is not assignable to parameter of type 'ManyRows<ArtistInsert>'.`,
  ],
  [
    `insertMany(sql, schema, "artist", [{ name: expr\`upper('a')\` }])`,
    `Argument of type '{ name: Fragment; }[]' is not assignable to parameter of type 'ManyRows<ArtistInsert>'.`,
  ],
  [
    `updateMany(sql, schema, "artist", [{ artist_id: 1, name: expr\`upper(name)\` }])`,
    `Argument of type '{ artist_id: number; name: Fragment; }[]' is not assignable to parameter of type 'ManyRows<ArtistUpdate & { artist_id: number; }>'.`,
  ],
  [
    `updateMany(sql, schema, "artist", [{ name: "a" }])`,
    `Argument of type '{ name: string; }[]' is not assignable to parameter of type 'ManyRows<ArtistUpdate & { artist_id: number; }>'.`,
  ],
  [
    `update(sql, schema, "artist", { name: "a" })`,
    `Argument of type '{ name: string; }' is not assignable to parameter of type 'Written<ArtistUpdate> & { artist_id: number; }'.`,
  ],
  [
    `upsert(sql, schema, "artist", { artist_id: 1, name: "a" }, { key: ["nam"] })`,
    `Type '"nam"' is not assignable to type 'ColumnName<Tables, "artist">'. Did you mean '"name"'?`,
  ],
  [
    `deleteRow(sql, schema, "artist", "1")`,
    `Argument of type 'string' is not assignable to parameter of type 'number | { artist_id: number; }'.`,
  ],
  [
    `deleteWhere(sql, schema, "artist", { were: { artist_id: 1 } })`,
    `Object literal may only specify known properties, but 'were' does not exist in type 'DeleteRowsOptions<ArtistRow & InTable<Tables, "artist">, ColumnName<Tables, "artist">>'. Did you mean to write 'where'?`,
  ],
  [
    `getMany(sql, schema, "artist", 1)`,
    `Argument of type 'number' is not assignable to parameter of type 'readonly (number | { artist_id: number; })[]'.`,
  ],
  [
    `count(sql, schema, "artist", { where: { nam: "a" } })`,
    `Object literal may only specify known properties, but 'nam' does not exist in type 'KnownFilter<ArtistRow & InTable<Tables, "artist">>'. Did you mean to write 'name'?`,
  ],
  [`rowsWhere(sql, schema, "track", { limit: "5" })`, `Type 'string' is not assignable to type 'number'.`],
  [
    `rowsWhere(schema, sql, "artist")`,
    `Type 'SchemaSnapshot<Tables>' is missing the following properties from type 'SqlHandle': unsafe, begin, options`,
  ],
  [`rowsWhere(sql, "artist")`, `Expected 3-4 arguments, but got 2.`],
  [
    `selectOne(sql, schema, "artist", { select: "name" })`,
    `Type 'string' is not assignable to type 'readonly (Alias<never, ColumnName<Tables, "artist">> | ColumnName<Tables, "artist">)[]'.`,
  ],
  [
    `page(sql, schema, "artist", { orderBy: "nam", limit: 5 })`,
    `Type '"nam"' is not assignable to type 'OrderBy<SortName<Tables, "artist">>'. Did you mean '"name"'?`,
  ],
  [
    `transaction(sql, { retries: 1 })`,
    `Object literal may only specify known properties, and 'retries' does not exist in type 'TransactionWork<unknown>'.`,
  ],
  [
    `scope(schema, { album: { artist: 1 } })`,
    `Object literal may only specify known properties, and 'artist' does not exist in type '{ readonly album_id?: number | null; readonly artist_id?: number | null; readonly released_on?: string | null; readonly title?: string | null; } & {}'.`,
  ],
  [
    `scope(schema, { album: { artist_id: 1, artist: 1 } })`,
    `Type '1' is not assignable to type '1 & Rejected<"no column artist">'.`,
  ],
];

test("a mistake causes a short message, with the intended name if it can be guessed", async () => {
  const lines = [
    'import { and, count, deleteRow, deleteWhere, desc, every, expr, get, getMany, groupBy, gt, insert, insertMany, like, none, not, or, page, rowsWhere } from "rowfn";',
    'import { scope, selectOne, some, type SqlHandle, transaction, update, updateMany, updateWhere, upsert } from "rowfn";',
    `import { schema } from "${DATABASE}/database.ts";`,
    "declare const sql: SqlHandle;",
    ...MISTAKES.map(([code]) => `await ${code};`),
    "export {};",
  ];
  const { tsc, bunCheck } = await compile({ "mistakes.ts": lines.join("\n") });
  expect(messagesOf(tsc)).toEqual(messagesOf(bunCheck));
  expect(messagesOf(tsc)).toEqual(
    MISTAKES.flatMap(([code, ...messages]) => messages.map(message => [code, message])),
  );
});

function messagesOf(errors: readonly string[]): readonly (readonly [code: string, message: string])[] {
  return errors.map(error => {
    const [, line, message] = /^mistakes\.ts\((\d+),\d+\): error TS\d+: (.*)$/.exec(error)!;
    return [MISTAKES[Number(line) - 5]![0], message!];
  });
}
