import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import {
  ArgumentError,
  ConstraintError,
  expr,
  insert,
  insertMany,
  loadSchema,
  nest,
  type SchemaSnapshot,
  ValidationError,
} from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { failure } from "../support/failure.ts";
import { EMPTY_NESTED_TABLES, INCLUDE, NESTED_TABLES, TREE } from "../support/nested-tables.ts";
import { recorder } from "../support/recording.ts";

let database: TestDatabase;
let schema: SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase({ template: NESTED_TABLES });
  schema = await loadSchema(database.sql);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.sql.unsafe(EMPTY_NESTED_TABLES);
});

const plain = async (text: string): Promise<unknown[][]> => [...(await database.sql.unsafe(text).values())];

test("all issues have the path from the outermost row, and are reported before anything is sent", async () => {
  const { sent, onStatement } = recorder();
  const wrong = {
    nota: 1,
    customer: { nam: "x" },
    customer_id: 5,
    line: [
      { n: 0 },
      5,
      { invoice_id: 3, n: 1, remark: { body: "x" } },
      { n: 2, remark: [{ body: 1, n: 4 }] },
    ],
  };
  const error = (await failure(
    insert(database.sql, schema, "invoice", wrong, { include: INCLUDE, onStatement }),
  )) as ValidationError;
  expect(error).toBeInstanceOf(ValidationError);
  expect(
    error.issues.map(({ path, message }) => `${path?.map(({ key }) => key).join(".")}: ${message}`),
  ).toEqual([
    'nota: Expected a column of invoice, received "nota"; did you mean "note"?',
    "customer_id: Expected no value for this column, received 5 (its value comes from the related row)",
    'customer.nam: Expected a column of customer, received "nam"; did you mean "name"?',
    "customer.name: Expected a value, received nothing (the column is NOT NULL without a default)",
    "line.0.n: Expected a value that satisfies n > 0, received 0 (constraint line_n_check)",
    "line.1: Expected a row as a plain object { column: value }, received 5",
    "line.2.invoice_id: Expected no value for this column, received 3 (its value comes from the related row)",
    "line.2.remark: Expected an array of rows of remark, received an object",
    "line.3.remark.0.n: Expected no value for this column, received 4 (its value comes from the related row)",
    "line.3.remark.0.body: Expected a string, received 1",
  ]);
  const one = { customer: { name: "x" }, line: [{ n: 1 }, { n: 2, remark: [{ body: 1 }] }] };
  await expect(
    insert(database.sql, schema, "invoice", one, { include: INCLUDE, onStatement }),
  ).rejects.toThrow("invoice.line[1].remark[0].body: Expected a string, received 1");
  const many = await failure(
    insertMany(database.sql, schema, "invoice", [TREE, { line: 5 }, wrong], {
      include: INCLUDE,
      onStatement,
    }),
  );
  expect(many.message).toContain("invoice.line, rows[1]: Expected an array of rows of line, received 5");
  expect(sent).toEqual([]);
});

test("after a violated constraint nothing is stored, and the error has the path of the row", async () => {
  await database.sql`insert into customer (name) values ('Taken')`;
  const twice = { customer: { name: "New" }, line: [{ n: 1 }, { n: 2, product: "none" }] };
  const error = (await failure(
    insertMany(database.sql, schema, "invoice", [TREE, twice], { include: INCLUDE }),
  )) as ConstraintError;
  expect(error).toBeInstanceOf(ConstraintError);
  expect([error.table, error.columns, error.row]).toEqual(["line", ["product"], 1]);
  expect(error.issues.map(({ path }) => path?.map(({ key }) => key))).toEqual([[1, "line", 1, "product"]]);
  expect(error.message).toContain('line.product in line[1], rows[1]: no product has code "none"');
  const taken = await failure(
    insert(database.sql, schema, "invoice", { customer: { name: "Taken" } }, { include: INCLUDE }),
  );
  expect((taken as ConstraintError).issues.map(({ path }) => path?.map(({ key }) => key))).toEqual([
    ["customer", "name"],
  ]);
  expect(await plain("select name from customer")).toEqual([["Taken"]]);
  expect(
    await plain(
      "select (select count(*) from invoice) + (select count(*) from line) + (select count(*) from product)",
    ),
  ).toEqual([["0"]]);
});

test("inside the caller's transaction a nested insert is a savepoint", async () => {
  await database.sql.begin(async tx => {
    await tx`insert into product values ('kept', 1)`;
    const bad = { customer: { name: "New" }, line: [{ n: 1, product: "none" }] };
    await failure(insert(tx, schema, "invoice", bad, { include: INCLUDE }));
    await insert(
      tx,
      schema,
      "invoice",
      { customer: { name: "Good" }, line: [{ n: 1 }] },
      { include: INCLUDE },
    );
  });
  expect(await plain("select name from customer")).toEqual([["Good"]]);
  expect(await plain("select code from product")).toEqual([["kept"]]);
});

test("a row that a trigger suppresses is rejected, because rows are identified by their position", async () => {
  const rows = [
    { v: 1, echo: [{}] },
    { v: 0, echo: [{}] },
  ];
  await expect(
    insertMany(database.sql, schema, "quiet", rows, { include: nest({ echo: true }) }),
  ).rejects.toThrow(
    "quiet: a trigger or rule suppressed 1 of 2 rows, so nested rows are not possible; nothing was written",
  );
  expect(await plain("select count(*)::int from quiet")).toEqual([[0]]);
});

test("so is a suppressed row that no other one refers to, also by COPY and without returning", async () => {
  await database.sql.unsafe(`create table if not exists noted (id int primary key);
    create table if not exists mute (v int, noted_id int references noted);
    create or replace trigger suppress before insert on mute for each row execute function suppress(); truncate noted, mute`);
  const own = await loadSchema(database.sql);
  for (const count of [2, 150]) {
    const leaves = Array.from({ length: count }, (_, v) => ({ v }));
    await expect(
      insert(database.sql, own, "noted", { id: 1, mute: leaves } as never, {
        include: nest({ mute: true }) as never,
        returning: false,
      }),
    ).rejects.toThrow(
      `mute: a trigger or rule suppressed 1 of ${count} rows, so nested rows are not possible`,
    );
    const roots = leaves.map(({ v }) => ({ v, noted: { id: v } }));
    await expect(
      insertMany(database.sql, own, "mute", roots as never, { include: nest({ noted: true }) as never }),
    ).rejects.toThrow(`mute: a trigger or rule suppressed 1 of ${count} rows`);
  }
  expect(await plain("select (select count(*) from noted)::int, (select count(*) from mute)::int")).toEqual([
    [0, 0],
  ]);
});

test("without validation the names are still validated before anything is sent", async () => {
  const { sent, onStatement } = recorder();
  const options = { include: INCLUDE, validate: false, onStatement } as const;
  const rejected: [Record<string, unknown>, string][] = [
    [{ customer: { nam: "x" } }, 'customer has no column "nam"'],
    [{ line: [{ n: 1, remark: 5 }] }, "invoice.line[0].remark must be an array of rows, received 5"],
    [{ line: [7] }, "invoice.line[0] must be a row as a plain object, received 7"],
  ];
  for (const [row, message] of rejected)
    await expect(insert(database.sql, schema, "invoice", row, options)).rejects.toThrow(message);
  expect(sent).toEqual([]);
  const other = { customer: { name: "x" }, customer_id: 77 };
  await expect(insert(database.sql, schema, "invoice", other, options)).rejects.toThrow(
    "invoice.customer_id: the row refers to customer.id by a different value; nothing was written",
  );
  expect(await plain("select count(*)::int from customer")).toEqual([[0]]);
});

test("an include that cannot be nested is rejected with the reason", async () => {
  const rejected: [Record<string, unknown>, string][] = [
    [{ lines: true }, 'invoice has no relation "lines"; did you mean "line"?'],
    [
      { product: true },
      'invoice: include "product": rows of product are related through line; nest rows of line, and in each a row of product',
    ],
    [{ line: { where: {} } }, 'invoice: include "line" of an insert has no option "where"'],
    [{ line: { include: { note: 1 } } }, 'line: include "note" must be true or options, received 1'],
    [{ note: { table: "line" } }, 'invoice: include "note": a column has that name'],
    [{ line: { select: ["m"] } }, 'line has no column "m"'],
    [{ line: { include: { person: true } } }, "no foreign key relates line and person"],
    [
      { line: { include: nest({ product: true }) } },
      "line: nest belongs around the outermost include only; write include: { relation: true } here",
    ],
  ];
  for (const [include, message] of rejected)
    await expect(
      insert(database.sql, schema, "invoice", {}, { include: nest(include as never) }),
    ).rejects.toThrow(message);
  await expect(
    insert(database.sql, schema, "invoice", { line: [{ n: expr`1` }] }, { include: nest({ line: true }) }),
  ).rejects.toThrow(ValidationError);
  await expect(
    insert(database.sql, schema, "invoice", {}, { include: { line: true } as never }),
  ).rejects.toThrow("insert: include must be nest({ relation: true }), received an object");
  const both = { include: INCLUDE, alter: true } as never;
  await expect(insert(database.sql, schema, "invoice", {}, both)).rejects.toThrow(
    new ArgumentError("insert: alter and include cannot be combined"),
  );
});
