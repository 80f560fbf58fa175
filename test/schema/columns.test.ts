import { afterAll, beforeAll, expect, test } from "bun:test";
import { loadSchema, type SchemaSnapshot } from "../../src/index.ts";
import { relationOf } from "../../src/schema/relation-of.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { ODD_CASES, ODD_CASES_18 } from "../support/odd-cases.ts";
import { isServer, negativeScale } from "../support/server-version.ts";

let database: TestDatabase;

let schema: SchemaSnapshot;

const isModern = isServer(18);

beforeAll(async () => {
  database = await testDatabase({ template: ODD_CASES });
  if (isModern) await database.sql.unsafe(ODD_CASES_18);
  schema = await loadSchema(database.sql);
});

afterAll(() => database.drop());

const COLUMN = {
  typmod: -1,
  notNull: false,
  nullOnRead: "possible",
  default: null,
  identity: null,
  identityOptions: null,
  generated: null,
  generationExpression: null,
  collation: null,
  comment: null,
  privileges: { select: true, insert: true, update: true },
  updatable: true,
  isInherited: false,
} as const;

test("columns have their type with modifiers, identity, generation, default and collation, next to dropped columns", () => {
  const mood = 'audit."Mood ""x"""';
  const expected = [
    { name: "id", type: "integer", typeKey: "int4", identity: "always", notNull: true, nullOnRead: "never" },
    {
      name: "other",
      type: "integer",
      typeKey: "int4",
      identity: "byDefault",
      identityOptions: {
        type: "integer",
        start: "100",
        increment: "1",
        minimum: "1",
        maximum: "2147483647",
        cache: "1",
        cycle: false,
      },
      notNull: true,
      nullOnRead: "never",
    },
    {
      name: "d",
      type: "public.small_positive",
      typeKey: "public.small_positive",
      notNull: true,
      nullOnRead: "never",
    },
    { name: "e", type: "public.positive[]", typeKey: "public._positive" },
    {
      name: "m",
      type: mood,
      typeKey: mood,
      notNull: true,
      nullOnRead: "never",
      default: `'sad'::audit."Mood ""x"""`,
    },
    { name: "ms", type: `${mood}[]`, typeKey: 'audit."_Mood ""x"""' },
    { name: "p", type: "public.pair", typeKey: "public.pair" },
    { name: "ps", type: "public.pair[]", typeKey: "public._pair" },
    { name: "s", type: "public.span", typeKey: "public.span" },
    { name: "ss", type: "public.spans", typeKey: "public.spans" },
    { name: "v", type: "character varying(5)", typeKey: "varchar", typmod: 9 },
    { name: "c", type: "character(3)", typeKey: "bpchar", typmod: 7 },
    { name: "n", type: negativeScale(5, 2), typeKey: "numeric", typmod: isServer(15) ? 329730 : 327684 },
    { name: "t", type: "timestamp(3) with time zone", typeKey: "timestamptz", typmod: 3 },
    { name: "b", type: "bit(4)", typeKey: "bit", typmod: 4 },
    { name: "i", type: "interval year to month", typeKey: "interval", typmod: 458751 },
    { name: "k", type: "public.code", typeKey: "public.code", collation: '"C"' },
    {
      name: "doubled",
      type: "integer",
      typeKey: "int4",
      generated: "stored",
      generationExpression: "(other * 2)",
      updatable: false,
    },
    { name: "made", type: "timestamp with time zone", typeKey: "timestamptz", default: "now()" },
    { name: "last", type: "text", typeKey: "text", position: 21 },
  ];
  expect(relationOf(schema, "typed").columns as readonly object[]).toEqual(
    expected.map((column, index) => ({ ...COLUMN, position: index + 1, ...column })),
  );
});
