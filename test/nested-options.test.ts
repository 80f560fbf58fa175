// Nested options and entries are checked by name, like the options of functions.
import { afterAll, expect, test } from "bun:test";
import { testDatabase } from "../src/testing/index.ts";
import { CALL_TABLES } from "./support/call-tables.ts";
import * as rowfn from "./support/every-entry.ts";
import { failure } from "./support/failure.ts";

const database = await testDatabase({ template: CALL_TABLES });
afterAll(() => database.drop());
const { sql } = database;
const schema = await rowfn.loadSchema(sql);
const { expr } = rowfn;
const before = rowfn.fingerprint(schema);

const table = (options: object) => rowfn.createTableSql(schema, "new", { a: "int" }, options as never);
const change = (changes: object) => rowfn.transformTableSql(schema, "doc", changes as never);
const read = (options: object) => rowfn.rowsWhere(sql, schema, "doc", options as never);
const job = (options: object) => rowfn.claimOne(sql, schema, "job", () => {}, options as never);
const migration = (entry: object) => rowfn.migrate(sql, [{ name: "1", up: "select 1", ...entry }] as never);
const cascade = { references: "tag", onDelte: "cascade" };

/** A call with an unknown entry, and a part of its error. */
const CALLS: Readonly<Record<string, readonly [call: () => unknown, message: string]>> = {
  "a unique key": [
    () => table({ unique: [{ columns: ["a"], nam: "x" }] }),
    'no option "nam"; did you mean "name"?',
  ],
  "a foreign key by column": [() => table({ foreignKeys: { a: cascade } }), 'no option "onDelte"'],
  "a foreign key in a list": [
    () => table({ foreignKeys: [{ columns: "a", ...cascade }] }),
    'no option "onDelte"',
  ],
  "an index": [() => table({ indexes: [{ columns: "a", uniqe: true }] }), 'no option "uniqe"'],
  "an index key": [
    () =>
      rowfn.createIndexSql(schema, "doc", {
        key: "title",
        operatorClass: "text_ops",
        nulls: "last",
      } as never),
    'no option "nulls"',
  ],
  "an index key of an entry": [
    () => table({ indexes: [{ columns: [{ key: "a", operatorClass: "int4_ops", desc: true }] }] }),
    'no option "desc"',
  ],
  "the default of a column": [() => table({ defaults: { b: 1 } }), 'has no column "b"'],
  "the comment of a column": [() => table({ comments: { b: "1" } }), 'has no column "b"'],
  "a generated column": [() => table({ generated: { b: expr`1` } }), 'has no column "b"'],
  "a reference of addColumn": [
    () => rowfn.addColumnSql(schema, "doc", "b", "int", { references: cascade } as never),
    'no option "onDelte"',
  ],
  "a change": [
    () => change({ rname: { title: "name" } }),
    'changes has no option "rname"; did you mean "rename"?',
  ],
  "a change of type": [
    () => change({ retype: { version: { type: "int8", using: expr`1`, cast: 1 } } }),
    'no option "cast"',
  ],
  "a foreign key of a change": [() => change({ foreignKeys: { version: cascade } }), 'no option "onDelte"'],
  "an index of a change": [
    () => change({ indexes: [{ columns: "title", where: expr`true`, using: "gin" }] }),
    '"using"',
  ],
  "a migration": [
    () => migration({ donw: "select 1" }),
    'a migration has no option "donw"; did you mean "down"?',
  ],
  "a migration without up": [() => migration({ up: undefined }), "migration 1: up must be SQL or a function"],
  "the down of a migration": [
    () => migration({ down: 1 }),
    "migration 1: down must be SQL or a function, received 1",
  ],
  "the transaction of a migration": [
    () => migration({ transaction: "no" }),
    'a migration: transaction must be true or false, received "no"',
  ],
  "a NOT NULL of a change": [
    () => change({ notNull: { title: "no" } }),
    'doc.title: notNull must be true or false, received "no"',
  ],
  "a migration that is null": [() => rowfn.migrate(sql, [null] as never), "must be a plain object"],
  "a form of a type": [
    () => rowfn.loadSchema(sql, { types: { int9: "bigint" } as never }),
    'did you mean "int8"?',
  ],
  "a form of a column": [
    () => rowfn.loadSchema(sql, { types: { columns: { "doc.idd": "bigint" } as never } }),
    'no column "idd"',
  ],
  "an aggregate": [
    () => rowfn.groupBy(sql, schema, "doc", "id", { aggregates: { a: { sum: "id", min: "id" } as never } }),
    "one of { count: column }",
  ],
  "an order": [() => read({ orderBy: [{ column: "id" }] }), "orderBy must be column names"],
  "a row lock": [() => read({ lock: { mode: "update" } }), 'lock must be "update", '],
  "an include": [() => read({ include: { line: { orderby: "id" } } }), 'no option "orderby"'],
  "a link of an include": [
    () => read({ include: { x: { table: "line", byy: "doc_id" } } }),
    'no option "byy"',
  ],
  "an include of an include": [
    () => read({ include: { line: { include: { doc: { selct: ["id"] } } } } }),
    'no option "selct"',
  ],
  "a column of a queue": [() => job({ columns: { stauts: "status" } }), 'no option "stauts"'],
  "a status of a queue": [() => job({ statuses: { pendng: "a" } }), 'no option "pendng"'],
  "the back-off of a queue": [() => job({ backoff: { base: 1 } }), "backoff must be a function"],
  "the filter of a URL": [
    () => rowfn.querySchema(schema, "doc", { filter: { id: ["eqq"] } as never }),
    'no operator "eqq"',
  ],
  "the operators of a filter": [
    () => rowfn.filterSchema(schema, "doc", { operators: ["qe"] as never }),
    'no operator "qe"',
  ],
  "a table of crud": [
    () => rowfn.crud(sql, schema, { tables: { doc: { sortt: ["id"] } } } as never),
    'no option "sortt"; did you mean "sort"?',
  ],
  "the description of crud": [
    () => rowfn.crud(sql, schema, { tables: { doc: {} }, openApi: { titel: "x" } } as never),
    'no option "titel"',
  ],
  "a column of an import": [
    () => rowfn.importRows(sql, schema, "doc", "id\n1\n", { format: "csv", columns: { idd: "id" } }),
    'columns names "idd"',
  ],
  "the upsert of an import": [
    () =>
      rowfn.importRows(sql, schema, "doc", "id\n1\n", { format: "csv", upsert: { keys: ["id"] } as never }),
    'no option "keys"',
  ],
  "a refinement": [
    () => rowfn.refine(schema, { doc: { titel: rowfn.insertSchema(schema, "doc") } }),
    '"titel"',
  ],
  "a message of refine": [
    () => rowfn.refine(schema, { doc: { constraints: { doc_pky: "x" } } } as never),
    'no constraint "doc_pky"',
  ],
  "a template": [
    () => rowfn.testDatabase({ template: { nam: "x", fill: () => {} } as never }),
    'a template has no option "nam"',
  ],
  "a template without fill": [
    () => rowfn.testDatabase({ template: { name: "x" } as never }),
    "fill must be a function, received undefined",
  ],
};

for (const [name, [call, message]] of Object.entries(CALLS))
  test(`${name} with an unknown entry is rejected, and nothing changes`, async () => {
    const error = await failure(Promise.try(call));
    expect(error).toBeInstanceOf(rowfn.RowfnError);
    expect(error.message).toContain(message);
    expect(rowfn.fingerprint(await rowfn.loadSchema(sql))).toBe(before);
  });
