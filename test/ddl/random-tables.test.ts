import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import {
  type CreateTableOptions,
  createTable,
  dropTable,
  type ForeignKeyEntry,
} from "../../src/ddl/index.ts";
import { expr, loadSchema, type Relation, type SchemaSnapshot, type SqlHandle } from "../../src/index.ts";
import { rollback, type TestDatabase, testDatabase } from "../../src/testing/index.ts";

let database: TestDatabase;
let schema: SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase({
    template: `
      create type mood as enum ('sad', 'it''s "ok"'); create domain price as numeric(10, 2) check (value >= 0);
      create table target (a int primary key, b int, c text, unique (b, c));`,
  });
  schema = await loadSchema(database.sql);
});
afterAll(() => database.drop());

/** A type as written by the caller, the type as PostgreSQL prints it, and a value with its PostgreSQL text. */
interface Known {
  readonly written: string;
  readonly printed: string;
  readonly value: unknown;
  readonly text: string;
  /** Whether the type can be used in a key. */
  readonly isKey: boolean;
}

const knownType = (written: string, printed: string, value: unknown, text: string, isKey = true): Known => ({
  written,
  printed,
  value,
  text,
  isKey,
});

const TYPES: readonly Known[] = [
  knownType("int", "integer", -7, "-7"),
  knownType("int8", "bigint", "9223372036854775807", "9223372036854775807"),
  knownType("smallint", "smallint", 3, "3"),
  knownType("text", "text", `it's "a" \\ $1 ü🎵`, `it's "a" \\ $1 ü🎵`),
  knownType("varchar(12)", "character varying(12)", "now()", "now()"),
  knownType("char(3)", "character(3)", "abc", "abc"),
  knownType("numeric(12, 3)", "numeric(12,3)", "-0.120", "-0.120"),
  knownType("decimal", "numeric", "1e-3", "0.001"),
  knownType("float8", "double precision", 1e100, "1e+100"),
  knownType("real", "real", 0.5, "0.5"),
  knownType("bool", "boolean", false, "false"),
  knownType("date", "date", "2024-02-29", "2024-02-29"),
  knownType(
    "timestamp(3)",
    "timestamp(3) without time zone",
    "2024-01-02T03:04:05.678",
    "2024-01-02 03:04:05.678",
  ),
  knownType("time", "time without time zone", "03:04:05", "03:04:05"),
  knownType("uuid", "uuid", "0190163d-8694-739b-aea5-966c26f8ad91", "0190163d-8694-739b-aea5-966c26f8ad91"),
  knownType("bytea", "bytea", new Uint8Array([0, 92, 39, 255]), "\\x005c27ff"),
  knownType("inet", "inet", "10.0.0.1", "10.0.0.1/32"),
  knownType("mood", "public.mood", `it's "ok"`, `it's "ok"`),
  knownType("public.price", "public.price", "1.50", "1.50"),
  knownType("int[]", "integer[]", [1, null, 3], "{1,NULL,3}"),
  knownType("text[][]", "text[]", [["a,b"], ["c'\"\\"]], `{{"a,b"},{"c'\\"\\\\"}}`),
  knownType("jsonb", "jsonb", { a: [1, null, "'"] }, `{"a": [1, null, "'"]}`),
  knownType("point", "point", { x: 1, y: 2 }, "(1,2)", false),
  knownType("json", "json", ["x"], '["x"]', false),
];

const name = fc
  .string({ unit: "grapheme-ascii", minLength: 1, maxLength: 12 })
  .filter(text => text !== "__proto__" && !/^\d+$/.test(text))
  .map(text => `${text}é`);

const column = fc.record({
  name,
  type: fc.constantFrom(...TYPES),
  notNull: fc.boolean(),
  hasDefault: fc.boolean(),
  comment: fc.option(fc.string({ minLength: 1, maxLength: 9, unit: "grapheme-ascii" })),
});

type Column = typeof column extends fc.Arbitrary<infer Value> ? Value : never;

const action = fc.constantFrom("noAction", "restrict", "cascade", "setNull", "setDefault" as const);

const description = fc
  .record({
    table: name,
    columns: fc.uniqueArray(column, { minLength: 1, maxLength: 6, selector: one => one.name }),
    order: fc.infiniteStream(fc.nat(1000)),
    keySize: fc.nat(2),
    uniques: fc.nat(2),
    indexes: fc.nat(2),
    identity: fc.constantFrom("byDefault", "always", null),
    onDelete: action,
    onUpdate: action,
    deferrable: fc.boolean(),
    hasReference: fc.boolean(),
    checks: fc.nat(2),
    comment: fc.option(fc.string({ minLength: 1, unit: "grapheme-ascii" })),
  })
  .map(({ order, ...given }) => {
    const keys = given.columns.filter(({ type }) => type.isKey).map(one => one.name);
    const some = (size: number): string[] =>
      keys
        .map(one => ({ one, at: order.next().value as number }))
        .sort((a, b) => a.at - b.at)
        .slice(0, size)
        .map(({ one }) => one);
    const sets = (count: number): string[][] =>
      Array.from({ length: count }, () => some(1 + ((order.next().value as number) % 3))).filter(
        set => set.length > 0,
      );
    // PostgreSQL creates only one of two keys with the same columns.
    const primaryKey = some(given.keySize);
    const unique = [...new Map(sets(given.uniques).map(set => [JSON.stringify(set), set])).values()];
    const others = unique.filter(set => JSON.stringify(set) !== JSON.stringify(primaryKey));
    return { ...given, primaryKey, unique: others, indexed: sets(given.indexes) };
  });

type Description = typeof description extends fc.Arbitrary<infer Value> ? Value : never;

/** The foreign key of a table definition: its first two columns with fitting types. */
function foreignKeyOf({
  columns,
  hasReference,
  onDelete,
  onUpdate,
  deferrable,
}: Description): ForeignKeyEntry[] {
  const whole = columns.find(({ type }) => type.printed === "integer");
  const text = columns.find(({ type }) => type.printed === "text");
  if (!hasReference || whole === undefined) return [];
  const actions = { onDelete, onUpdate, deferrable } as const;
  return text === undefined
    ? [{ columns: whole.name, references: "target", ...actions }]
    : [{ columns: [text.name, whole.name], references: "target", to: ["c", "b"], ...actions }];
}

function optionsOf(asked: Description): CreateTableOptions {
  const { columns, primaryKey, identity, unique, indexed, checks, comment } = asked;
  return {
    primaryKey: primaryKey.length === 0 ? null : primaryKey,
    identity,
    unique,
    indexes: indexed,
    foreignKeys: foreignKeyOf(asked),
    checks: Array.from({ length: checks }, (_, index) => expr`${index} >= 0`),
    defaults: Object.fromEntries(
      columns.filter(({ hasDefault }) => hasDefault).map(one => [one.name, one.type.value]),
    ),
    comments: Object.fromEntries(
      columns.flatMap(one => (one.comment === null ? [] : [[one.name, one.comment]])),
    ),
    ...(comment !== null && { comment }),
  };
}

const NUMBERED = ["smallint", "integer", "bigint"];

function requestedColumn(
  asked: Description,
  { name: called, type, notNull, hasDefault, comment }: Column,
): object {
  const { primaryKey, identity } = asked;
  const isForeign = foreignKeyOf(asked).some(({ columns }) => [columns].flat().includes(called));
  const isNumbered =
    primaryKey.length === 1 &&
    primaryKey[0] === called &&
    !isForeign &&
    !hasDefault &&
    NUMBERED.includes(type.printed);
  return {
    name: called,
    type: type.printed,
    notNull: notNull || primaryKey.includes(called),
    identity: isNumbered ? identity : null,
    hasDefault,
    comment,
  };
}

function foundColumn(found: Relation["columns"][number]): object {
  const { name: called, type, notNull, identity, comment } = found;
  return { name: called, type, notNull, identity, hasDefault: found.default !== null, comment };
}

const sortLists = (lists: readonly (readonly unknown[])[]): string[] =>
  lists.map(list => JSON.stringify(list)).sort();

test("a table with a random definition is created, read back and equal to the request", async () => {
  const runs = Number(process.env["ROWFN_RANDOM_TABLES"] ?? 20);
  await fc.assert(
    fc.asyncProperty(description, asked => rollback(database.sql, tx => checkCreatedTable(tx, asked))),
    { numRuns: runs },
  );
});

function requestedKey({
  columns,
  references,
  onDelete,
  onUpdate,
  deferrable,
}: Relation["foreignKeys"][number]): object {
  const isSingle = columns.length === 1;
  return {
    columns: isSingle ? columns[0] : columns,
    references: references.name,
    ...(!isSingle && { to: references.columns }),
    onDelete,
    onUpdate,
    deferrable,
  };
}

async function checkCreatedTable(tx: SqlHandle, asked: Description): Promise<void> {
  const { columns, table } = asked;
  const entries = columns.map(one => [one.name, `${one.type.written}${one.notNull ? " not null" : ""}`]);
  const key = `"public"."${table.replaceAll('"', '""')}"`;
  const after = await createTable(tx, schema, key, Object.fromEntries(entries), optionsOf(asked));
  const found = after.relations.find(relation => relation.name === table)!;
  expect(found.columns.map(foundColumn)).toEqual(columns.map(one => requestedColumn(asked, one)));
  expect([found.comment, found.checks.length]).toEqual([asked.comment, asked.checks]);
  expect(found.primaryKey?.columns ?? []).toEqual(asked.primaryKey);
  expect(sortLists(found.uniqueKeys.map(one => one.columns))).toEqual(sortLists(asked.unique));
  expect(sortLists(found.indexes.map(one => one.columns))).toEqual(sortLists(asked.indexed));
  expect(found.foreignKeys.map(requestedKey)).toEqual(foreignKeyOf(asked));
  for (const one of columns.filter(({ hasDefault }) => hasDefault)) {
    const text = found.columns.find(({ name: called }) => called === one.name)!.default;
    const [row] = await (tx as TestDatabase["sql"])
      .unsafe(`select (${text})::${one.type.printed}::text`)
      .values();
    expect(row[0]).toBe(one.type.text);
  }
  expect(await dropTable(tx, after, found.key)).toEqual(schema);
}
