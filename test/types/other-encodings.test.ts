// A database whose encoding is not UTF8: every value that it can store is exact, and the others are rejected by name.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { SQL } from "bun";
import { exportRows, importRows } from "../../src/files/index.ts";
import {
  connect,
  count,
  insert,
  insertMany,
  rowsWhere,
  type SchemaSnapshot,
  upsertMany,
} from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { failure } from "../support/failure.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

describe.each([
  ["LATIN1", "é\u0085ÿ", "e985ff", "€"],
  ["WIN1252", "é€ÿ", "e980ff", "日"],
  ["EUC_JP", "日本", "c6fccbdc", "😀"],
  ["SQL_ASCII", "é日😀", "c3a9e697a5f09f9880", undefined],
])("in %s", (encoding, text, bytes, other) => {
  let sql: SQL;
  let schema: SchemaSnapshot;
  let bare: SQL;
  const name = (): string => `${database.name}_${encoding.toLowerCase()}`;

  beforeAll(async () => {
    await database.sql.unsafe(
      `create database ${name()} template template0 encoding '${encoding}' locale 'C'`,
    );
    const url = new URL(database.url);
    url.pathname = `/${name()}`;
    bare = new SQL(url.href, { max: 1 });
    await bare.unsafe("create table t (id int primary key, body text, list text[], doc jsonb, raw json)");
    const prepare = process.env["ROWFN_PREPARE"] !== "false";
    ({ sql, schema } = await connect(url.href, { max: 2, prepare }));
  });
  afterAll(async () => {
    await bare.close();
    await sql.close();
    await database.sql.unsafe(`drop database ${name()} with (force)`);
  });

  const row = (id: number, value = text) => ({
    ...{ id, body: value, list: [value, null], doc: { [value]: [value] }, raw: value },
  });

  test("values are written, found, exported and imported exactly", async () => {
    const many = Array.from({ length: 2_100 }, (_, at) => row(at));
    expect(await insert(sql, schema, "t", row(0))).toEqual(row(0));
    await upsertMany(sql, schema, "t", many);
    await bare.unsafe("delete from t where id > 2");
    expect(await count(sql, schema, "t", { where: { body: text } })).toBe(3);
    for (const format of ["csv", "ndjson"] as const) {
      const file = await new Response(exportRows(sql, schema, "t", { format })).text();
      await bare.unsafe("truncate t");
      await importRows(sql, schema, "t", file, { format });
      expect(await rowsWhere(sql, schema, "t", { orderBy: "id" })).toEqual([row(0), row(1), row(2)]);
    }
    const stored = `encode(convert_to(body, current_setting('server_encoding')), 'hex')`;
    expect(await bare.unsafe(`select distinct ${stored} from t`).values()).toEqual([[bytes]]);
  });

  if (other !== undefined)
    test("an error says that the encoding lacks a character, and nothing is stored", async () => {
      await bare.unsafe("truncate t");
      const lacks = `in encoding "UTF8" has no equivalent in encoding "${encoding}" [22P05]`;
      for (const write of [
        () => insert(sql, schema, "t", row(1, other)),
        () =>
          insertMany(
            sql,
            schema,
            "t",
            Array.from({ length: 2_100 }, (_, at) => row(at, other)),
          ),
        () => importRows(sql, schema, "t", `id,body\n1,${other}\n`, { format: "csv" }),
        () => count(sql, schema, "t", { where: { body: other } }),
      ])
        expect((await failure(write())).message).toContain(lacks);
      expect(await bare.unsafe("select id from t").values()).toEqual([]);
    });
});
