// The key that `authorize` gets does not depend on how the client has written it.
import { expect, test } from "bun:test";
import { crud, RequestError } from "../../src/http/index.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create table number (id bigint primary key, note text);
   create table token (id uuid primary key, note text);
   create table pair (a int, b text, note text, primary key (a, b));
   create table file (hash bytea primary key, note text);
   create table shift (start timestamp primary key, note text);
   create table country (code char(2) primary key, note text);
   create table state (code char(2) primary key, note text);
   create table price (amount numeric(10,2) primary key, note text);
   create table size (amount numeric primary key, note text);
   create table measure (value float8 primary key, note text);
   create table slot (at time primary key, note text)`,
  `truncate number, token, pair, file, shift, country, state, price, size, measure, slot; insert into number values (7, 'a');
   insert into token values ('0f8fad5b-d9cb-469f-a165-70867728950e', 'a'); insert into pair values (7, 'x', 'a');
   insert into file values ('\\x00ff', 'a'); insert into shift values ('2026-01-02', 'a');
   insert into country values ('F', 'a'); insert into state values ('FI', 'a'); insert into price values (12, 'a'); insert into size values (0.50, 'a');
   insert into measure values (0, 'a'); insert into slot values ('12:30:00.5', 'a')`,
);
const UUID = "0f8fad5b-d9cb-469f-a165-70867728950e";
const table = { write: ["note"] } as const;
const tables = {
  ...{ number: table, token: table, pair: table, file: table, shift: table, country: table },
  ...{ state: table, price: table, size: table, measure: table, slot: table },
} as const;
const keys: unknown[] = [];
const routes = crud(sql, schema, { tables, authorize: (_, { key }) => void keys.push(key) });

async function keysOf(
  name: string,
  paths: readonly string[],
  batchKeys: readonly unknown[],
): Promise<unknown> {
  keys.length = 0;
  const body = '{"note":"b"}';
  for (const path of paths) {
    const url = `http://localhost/${name}/${encodeURIComponent(path)}`;
    await routes[`/${name}/:key`]!(new Request(url, { method: "PATCH", body }));
  }
  for (const key of batchKeys) {
    const batch = JSON.stringify([{ op: "update", table: name, key, row: { note: "b" } }]);
    await routes["/batch"]!(new Request("http://localhost/batch", { method: "POST", body: batch }));
  }
  return keys;
}

test.each<[name: string, paths: string[], batchKeys: unknown[], key: unknown]>([
  ["number", ["7", "007"], [7, "7", "007", [7], { id: 7 }], "7"],
  ["token", [UUID, UUID.toUpperCase(), `{${UUID.replaceAll("-", "")}}`], [UUID.toUpperCase()], UUID],
  ["pair", ["7,x", "007,x"], [[7, "x"], { b: "x", a: 7 }], [7, "x"]],
  ["file", ["\\x00ff", "\\x00FF"], ["\\x00ff"], new Uint8Array([0, 255])],
  ["shift", ["2026-01-02T00:00:00.000Z"], ["2026-01-02T00:00:00.000Z"], new Date("2026-01-02")],
  ["country", ["F", "F ", "F   "], ["F", "F "], "F "],
  ["state", ["FI", "FI "], ["FI", "FI  "], "FI"],
  ["price", ["12", "12.0", "012.00", "1.2e1"], [12, "12.000", 12.0], "12.00"],
  ["size", ["0.5", ".50", "5e-1", "+00.5"], [0.5, "0.500"], "0.5"],
  ["measure", ["0", "-0", "0e5"], [0], 0],
  ["slot", ["12:30:00.5", "12:30:00.500"], ["12:30:00.50"], "12:30:00.5"],
])("a row of %s has the same key in paths and batches", async (name, paths, batchKeys, key) => {
  expect(await keysOf(name, paths, batchKeys)).toEqual([...paths, ...batchKeys].map(() => key));
  expect(await plain(`select note from ${name}`)).toEqual([["b"]]);
});

test("a row that authorize protects by its key is not changed by a batch", async () => {
  const guarded = crud(sql, schema, {
    tables,
    authorize: (_, { key }) => {
      if (key === "7") throw new RequestError(403, "never", "forbidden");
    },
  });
  const body = '[{"op":"update","table":"number","key":7,"row":{"note":"b"}}]';
  const response = await guarded["/batch"]!(new Request("http://localhost/batch", { method: "POST", body }));
  expect([response.status, await plain("select note from number")]).toEqual([403, [["a"]]]);
});
