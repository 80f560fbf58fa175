// The values that a nested insert copies from a stored row into the rows that refer to it.
import { expect, test } from "bun:test";
import { insert, nest } from "../../src/index.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create table country (id int8 primary key, code text unique);
   create table city (id int primary key, code text references country (code));
   create table region (id int primary key, country_id int references country);
   create table a (tenant int, id int, primary key (tenant, id));
   create table b (tenant int, id int, primary key (tenant, id));
   create table pair (id int primary key, tenant int, a_id int, b_id int,
     foreign key (tenant, a_id) references a, foreign key (tenant, b_id) references b)`,
  "truncate country, city, region, a, b, pair",
);

test.each([{ code: null }, {}])("a row cannot refer to the NULL of %j", async given => {
  const row = { id: 1, ...given, city: [{ id: 1 }] };
  await expect(insert(sql, schema, "country", row, { include: nest({ city: true }) })).rejects.toThrow(
    "city.code: the stored country.code is NULL, so no row can refer to it; nothing was written",
  );
  expect(await plain("select count(*)::int from country")).toEqual([[0]]);
});

test("a value is copied in the JavaScript form of the referencing column", async () => {
  const row = { id: 7n, code: "FI", region: [{ id: 1 }], city: [{ id: 2 }] };
  const stored = await insert(sql, schema, "country", row, { include: nest({ region: true, city: true }) });
  expect(stored).toMatchObject({
    id: "7",
    region: [{ id: 1, country_id: 7 }],
    city: [{ id: 2, code: "FI" }],
  });
  expect(await plain("select country_id from region")).toEqual([[7]]);
});

test("two related rows must copy the same value into a shared column, or are rejected", async () => {
  const include = nest({ a: true, b: true });
  const same = { id: 1, a: { tenant: 1, id: 2 }, b: { tenant: 1, id: 3 } };
  await insert(sql, schema, "pair", same, { include });
  expect(await plain("select * from pair")).toEqual([[1, 1, 2, 3]]);
  const different = { id: 2, a: { tenant: 1, id: 4 }, b: { tenant: 2, id: 5 } };
  await expect(insert(sql, schema, "pair", different, { include })).rejects.toThrow(
    "pair.tenant: the row refers to b.tenant by a different value; nothing was written",
  );
  expect(await plain("select count(*)::int from pair")).toEqual([[1]]);
  expect(await plain("select count(*)::int from a")).toEqual([[1]]);
});
