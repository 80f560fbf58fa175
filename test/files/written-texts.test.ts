// Texts as people and other programs write them, which PostgreSQL never prints: stored as PostgreSQL reads them, or rejected.
import { expect, test } from "bun:test";
import * as v from "valibot";
import { importRows } from "../../src/files/index.ts";
import { querySchema } from "../../src/http/index.ts";
import { loadSchema } from "../../src/index.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, plain } = await testTables(
  "create type pair as (v bool, n int); create type reals as range (subtype = float8); create type listed as (v int[])",
);

/** What PostgreSQL and an import store of a text; undefined if it is rejected. */
async function stored(
  type: string,
  text: string,
): Promise<{ readonly server: unknown; readonly file: unknown }> {
  await sql.unsafe(`drop table if exists x; create table x (v ${type})`);
  const schema = await loadSchema(sql);
  const read = async (write: Promise<unknown>): Promise<unknown> => {
    const failed = await write.then(
      () => false,
      () => true,
    );
    const [[value]] = failed ? [[]] : ((await plain("select v::text from x")) as [[string]]);
    await plain("truncate x");
    return value;
  };
  return {
    server: await read(sql.unsafe(`insert into x values ($1::text::${type})`, [text])),
    file: await read(importRows(sql, schema, "x", `v\n"${text.replaceAll('"', '""')}"\n`, { format: "csv" })),
  };
}

test.each([
  ["bool[]", "{True,FALSE,T,yes,on,1,no}"],
  ["pair", "(YES,1)"],
  ["pair[]", '{"(On,+7)"}'],
  ["point", "(.5,-.5e+3)"],
  ["point", "(1E5, +2)"],
  ["point", "1,2"],
  ["point", "(inf,nan)"],
  ["lseg", "0,0,1,1"],
  ["box[]", "{(.5,1),(0,0);1,1,0,0}"],
  ["path", " ((0,0),(1,1))"],
  ["path", "0,0,1,1"],
  ["path", "[0,0,(1,1)]"],
  ["path", "(1,2)"],
  ["box", "(0,0),(1,1)"],
  ["box", "((0,1),(1,0))"],
  ["box[]", "{0,0,1,1}"],
  ["circle", "0,0,5"],
  ["path", " [(0,0),(1,1)]"],
  ["polygon", "0,0,1,1"],
  ["circle", "((.5,0),.5)"],
  ["float8[]", "{.5,5.,+1e-3,INF}"],
  ["int4range", "[ 1 , +5 )"],
])("%s %s is stored as PostgreSQL reads it", async (type, text) => {
  const { server, file } = await stored(type, text);
  expect(typeof server).toBe("string");
  expect(file).toBe(server);
});

test.each([
  ["int", "1.00000000000000000001"],
  ["int", "2147483647.00000000001"],
  ["int", "1e-400"],
  ["int[]", '{""}'],
  ["int[]", "{1.00000000000000000001}"],
  ["int[]", "{1e-400}"],
  ["bool[]", '{""}'],
  ["bool[]", "{constructor}"],
  ["bool", "constructor"],
  ["pair", '(t,"")'],
  ["float8[]", '{""}'],
  ["float8[]", "{0b11}"],
  ["int4range", '["",5)'],
  ["int8range[]", '{"[\\"\\",5)"}'],
  ["reals", '["",5)'],
  ["point", "(1e400,0)"],
  ["point", "(1,2,3)"],
  ["point", "(1,2)x"],
  ["point", "(1 2)"],
  ["point", "(1-2)"],
  ["line", "{1,2,3,4}"],
  ["lseg", "[(0,0),(1,1),(2,2)]"],
  ["path", "[(0,0),(1,1),(2)]"],
  ["circle", "<(0,0),5,6>"],
  ["circle", "{0,0,1}"],
  ["line", "{3,,2,3}"],
  ["lseg", "[(0,0,(1,1)]"],
  ["box", "[(2,1),(1,1)]"],
  ["path", "(1,2"],
  ["path", "0,0,1,1>"],
  ["polygon", "[(1,2),(3,4)]"],
  ["int[]", "[1:1]={5,6}"],
])("%s %s is rejected, as by PostgreSQL", async (type, text) => {
  expect(await stored(type, text)).toEqual({ server: undefined, file: undefined });
});

test.each([
  ["int[]", "[0:1]={5,6}"],
  ["pair[]", '[0:0]={"(t,1)"}'],
  ["listed", '("[0:1]={5,6}")'],
  ["listed[]", String.raw`{"(\"[0:1]={5,6}\")"}`],
])("%s %s is rejected: the lower bounds would be lost", async (type, text) => {
  const { server, file } = await stored(type, text);
  expect([typeof server, file]).toEqual(["string", undefined]);
});

test("the message about an array with lower bounds says what is wrong", async () => {
  await sql.unsafe("drop table if exists x; create table x (v int[])");
  const importing = importRows(sql, await loadSchema(sql), "x", 'v\n"[0:1]={5,6}"\n', { format: "csv" });
  await expect(importing).rejects.toThrow(
    'line 2, v: found "[0:1]={5,6}", expected an array without lower bounds, which would be lost',
  );
});

test("the message about a word that is no boolean shows it", async () => {
  await sql.unsafe("drop table if exists x; create table x (v bool)");
  const importing = importRows(sql, await loadSchema(sql), "x", "v\nconstructor\n", { format: "csv" });
  await expect(importing).rejects.toThrow('line 2, v: found "constructor", expected true or false');
});

test("a number of a URL that JavaScript would round to an integer is not that integer", async () => {
  await sql.unsafe("drop table if exists x; create table x (v int)");
  const query = querySchema(await loadSchema(sql), "x", { filter: ["v"] });
  expect(v.is(query, new URLSearchParams("v=1.00000000000000000001"))).toBe(false);
  expect(v.is(query, new URLSearchParams("v=1"))).toBe(true);
});
