// Money in sessions with different lc_monetary: PostgreSQL prints -1.234,50 € and (1 234,50 $), which must not change
// any value.
import { afterAll, expect, test } from "bun:test";
import { SQL } from "bun";
import { exportRows, importRows } from "../../src/files/index.ts";
import {
  connect,
  count,
  desc,
  EXACT_SETTINGS,
  expr,
  get,
  groupBy,
  gt,
  insert,
  insertMany,
  loadSchema,
  oneOf,
  type Page,
  page,
  q,
  rowsWhere,
  SettingsError,
  update,
  updateMany,
  upsertMany,
  ValueError,
} from "../../src/index.ts";
import { startPostgres } from "../../src/testing/index.ts";
import { failure } from "../support/failure.ts";
import { compileLocales } from "../support/locales.ts";

// A decimal comma, negative amounts in parentheses, groups of two digits, no decimals.
const locales = compileLocales(["de_DE.UTF-8", "fr_CA.UTF-8", "hi_IN.UTF-8", "ja_JP.UTF-8"]);
process.env["LOCPATH"] = locales.path;
const server = await startPostgres();
delete process.env["LOCPATH"];
const prepare = process.env["ROWFN_PREPARE"] !== "false";
afterAll(async () => {
  await server.stop();
  locales.remove();
});

const AMOUNTS = [
  "-92233720368547758.08",
  "-1234567.89",
  "-1.50",
  "-0.01",
  "0.00",
  "0.01",
  "1.50",
  "1234.50",
  "92233720368547758.07",
];

const TABLES = `create table price (id int primary key, amount money, list money[]);
  create table copy (like price including all);
  create table keyed (amount money primary key, n int)`;
const NESTED = `create type priced as (name text, amount money, list money[]);
  create type money_range as range (subtype = money);
  create table nested (id int primary key, pair priced, span money_range)`;

async function openIn(locale: string, tables = TABLES) {
  const name = `m${crypto.randomUUID().replaceAll("-", "")}`;
  const admin = new SQL(server.url, { max: 1 });
  await admin.unsafe(`create database ${name}`);
  await admin.unsafe(`alter database ${name} set lc_monetary = '${locale}'`);
  await admin.close();
  const url = server.url.replace(/[^/]*$/, name);
  const plain = new SQL(url, { max: 1, prepare });
  await plain.unsafe(tables);
  return { url, plain };
}

const rows = AMOUNTS.map((amount, id) => ({ id, amount, list: [amount, null, "2.00"] }));

for (const locale of locales.names.filter(name => !name.startsWith("ja_JP")))
  test(`lc_monetary = ${locale}: every way in and out preserves every amount`, async () => {
    const { url, plain } = await openIn(locale);
    const { sql, schema } = await connect(url, { max: 2, prepare });
    const stored = async (table: string) => [
      ...(await plain
        .unsafe(`select id, amount::numeric::text, list::numeric[]::text[] from ${table} order by id`)
        .values()),
    ];
    const given = rows.map(({ id, amount, list }) => [id, amount, list]);

    expect(await insertMany(sql, schema, "price", rows, { returning: ["id", "amount", "list"] })).toEqual(
      rows,
    );
    expect(await stored("price")).toEqual(given);
    const select = ["id", "amount", "list"] as const;
    expect(await rowsWhere(sql, schema, "price", { select, orderBy: "amount" })).toEqual(rows);
    expect(await get(sql, schema, "price", 1, { select })).toEqual(rows[1]!);
    for (const row of rows) {
      expect(await insert(sql, schema, "copy", row, { returning: select })).toEqual(row);
      expect(await update(sql, schema, "copy", row, { returning: select })).toEqual(row);
      expect(await count(sql, schema, "price", { where: { amount: row.amount } })).toBe(1);
      expect(await count(sql, schema, "price", { where: { list: row.list } })).toBe(1);
      const greater = rows.filter(({ id }) => id > row.id).length;
      expect(await count(sql, schema, "price", { where: { amount: gt(row.amount) } })).toBe(greater);
    }
    expect(await count(sql, schema, "price", { where: { amount: oneOf(AMOUNTS) } })).toBe(9);
    expect(await updateMany(sql, schema, "copy", rows)).toMatchObject({ updated: 9 });
    expect(await upsertMany(sql, schema, "copy", rows)).toBe(9);
    expect(await stored("copy")).toEqual(given);

    const found: unknown[] = [];
    let after: string | null = null;
    do {
      const next: Page<Record<string, unknown>> = await page(sql, schema, "price", {
        orderBy: desc("amount"),
        select,
        limit: 2,
        after,
      });
      found.push(...next.rows);
      after = next.next;
    } while (after !== null && found.length < 20);
    expect(found).toEqual(rows.toReversed());

    const keys = AMOUNTS.map((amount, n) => ({ amount, n }));
    await insertMany(sql, schema, "keyed", keys);
    for (const key of keys) expect(await get(sql, schema, "keyed", key.amount)).toEqual(key);
    const aggregates = { sum: { sum: "amount" }, least: { min: "amount" } } as const;
    expect(await groupBy(sql, schema, "price", [], { aggregates, where: { id: oneOf([1, 2, 7]) } })).toEqual([
      { sum: "-1233334.89", least: "-1234567.89" },
    ]);

    for (const format of ["csv", "tsv", "ndjson"] as const) {
      await plain.unsafe("truncate copy");
      const file = await new Response(exportRows(sql, schema, "price", { format, select })).text();
      await importRows(sql, schema, "copy", file, { format });
      expect(await stored("copy")).toEqual(given);
    }
    const many = Array.from({ length: 3_000 }, (_, id) => ({ id, amount: `-${id}.05`, list: [`${id}.95`] }));
    await plain.unsafe("truncate copy");
    expect(await upsertMany(sql, schema, "copy", many)).toBe(3_000);
    expect(await stored("copy")).toEqual(many.map(({ id, amount, list }) => [id, amount, list]));
    await sql.close();
    await plain.close();
  });

for (const locale of locales.names.filter(name => !name.startsWith("ja_JP")))
  test(`lc_monetary = ${locale}: money inside composites and ranges is exact, or the session is rejected`, async () => {
    const { url, plain } = await openIn(locale, NESTED);
    const isReadable = locale === "C";
    if (!isReadable) {
      const error = await failure(connect(url, { max: 1, prepare }));
      expect(error).toBeInstanceOf(SettingsError);
      expect(error.message).toContain(`lc_monetary = ${locale} prints -1234.50 as `);
      expect(error.message).toContain(
        'open the handle with connection: { lc_monetary: "C" }, or use numeric fields',
      );
    }
    const sql = new SQL(url, {
      max: 1,
      prepare,
      connection: { ...EXACT_SETTINGS, ...(!isReadable && { lc_monetary: "C" }) },
    });
    const schema = await loadSchema(sql);
    for (const [id, amount] of AMOUNTS.entries()) {
      const range = { lower: amount, upper: "92233720368547758.07", bounds: "[]" } as const;
      const row = { id, pair: { name: "x", amount, list: [amount, null] }, span: range };
      expect(await insert(sql, schema, "nested", row)).toEqual(row);
      expect(await count(sql, schema, "nested", { where: { pair: row.pair } })).toBe(1);
    }
    const texts =
      "select (pair).amount::numeric::text, (pair).list[1]::numeric::text, lower(span)::numeric::text from nested order by id";
    expect([...(await plain.unsafe(texts).values())]).toEqual(
      AMOUNTS.map(amount => [amount, amount, amount]),
    );
    await sql.close();
    await plain.close();
  });

test.each(locales.names.filter(name => !name.startsWith("ja_JP")))(
  "lc_monetary = %s: money of a hand-written query is exact or rejected",
  async locale => {
    const sql = new SQL(server.url, { max: 1, prepare, connection: { lc_monetary: locale } });
    const schema = await loadSchema(sql, { settings: "any" });
    for (const amount of AMOUNTS) {
      const read = q<{ v: string }>(sql, schema, expr`select ${amount}::numeric::money as v`);
      const value = await read.then(
        ([row]) => row!.v,
        (error: unknown) => error,
      );
      if (value instanceof Error) expect(value).toBeInstanceOf(ValueError);
      else expect(value).toBe(amount);
    }
    await sql.close();
  },
);

for (const locale of locales.names.filter(name => name.startsWith("ja_JP")))
  test(`lc_monetary = ${locale}: money without decimals is rejected when the snapshot is loaded`, async () => {
    const { plain } = await openIn(locale);
    const error = await failure(loadSchema(plain));
    expect(error).toBeInstanceOf(SettingsError);
    expect(error.message).toContain(`lc_monetary = ${locale} stores money with 0 decimals`);
    await plain.close();
  });
