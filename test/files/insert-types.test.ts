import { afterAll, beforeAll, expect, test } from "bun:test";
import * as v from "valibot";
import { generateModule } from "../../src/files/index.ts";
import { insertSchema, jsonNull, loadSchema, type SchemaSnapshot } from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { compile } from "../support/compile.ts";
import { sourceOf } from "../support/source-of.ts";
import { MATRIX } from "../support/type-cases.ts";
import { USER_TYPES, USER_TYPES_SQL } from "../support/user-type-cases.ts";

// A table with a column of each type: the same values are passed to its insert schema and to its insert type.
const TYPES = Object.entries({ ...MATRIX, ...USER_TYPES });

// One value of each JavaScript kind, and alternative spellings of values that a row returns in another format.
const STRICT: readonly unknown[] = [true, 5n, new Date(0), new Uint8Array([1])];
const KINDS: readonly unknown[] = [
  ...STRICT,
  ...[1, [1], [[1], [2]], ["a"], [null], {}, { a: 1 }],
  ...["1", "2024-02-29", "2024-02-29T00:00:00", "2024-02-29T00:00:00Z", "[1,2)", "{[1,2)}", "{}", "(1,2)"],
  ...[{ lower: 1, upper: 2, bounds: "[)" }, { lower: null, upper: null, bounds: "()" }, "empty"],
  ...[{ x: 1, y: 2 }, jsonNull, { a: 1, "B b": "x" }],
];

let database: TestDatabase;
let schema: SchemaSnapshot;
let accepts: (row: unknown) => boolean;
let ofRows: readonly Offer[];
let ofKinds: readonly Offer[];
let rejected: ReadonlySet<Offer>;
beforeAll(async () => {
  database = await testDatabase({ template: USER_TYPES_SQL });
  const columns = TYPES.map(([type], index) => `c${index} ${type}, l${index} ${type}[]`);
  await database.sql.unsafe(`create table offered (${columns.join(", ")})`);
  schema = await loadSchema(database.sql);
  const rules = insertSchema(schema, "offered");
  accepts = row => v.safeParse(rules, row).success;
  ofRows = TYPES.flatMap(([, cases], index) => [
    ...cases.map(([literal, value = literal]) => offer(`c${index}`, value)),
    offer(
      `l${index}`,
      cases.map(([literal, value = literal]) => value),
    ),
    offer(`l${index}`, []),
    offer(`l${index}`, null),
  ]);
  ofKinds = TYPES.flatMap((_, index) =>
    KINDS.flatMap(value => [
      offer(`c${index}`, value),
      offer(`l${index}`, value),
      offer(`l${index}`, [value]),
    ]),
  );
  rejected = new Set(await rejectedByType([...ofRows, ...ofKinds]));
});
afterAll(() => database.drop());

interface Offer {
  readonly column: string;
  readonly value: unknown;
  readonly isAccepted: boolean;
}

function offer(column: string, value: unknown): Offer {
  return { column, value, isAccepted: accepts({ [column]: value }) };
}

function line({ column, value }: Offer): string {
  return `({ ${column}: ${sourceOf(value)} }) satisfies OfferedInsert;`;
}

/**
 * The offers that the type rejects; each is one line of a file, so that the errors identify it. All tests
 * share the file, because the compilers are slow.
 */
async function rejectedByType(offers: readonly Offer[]): Promise<readonly Offer[]> {
  const imports = 'import { jsonNull } from "rowfn";\nimport type { OfferedInsert } from "./database.ts";\n';
  const text = `${imports}export const used: unknown = jsonNull;\n${offers.map(line).join("\n")}\n`;
  const { tsc, bunCheck } = await compile({ "database.ts": generateModule(schema), "offers.ts": text });
  expect(bunCheck.map(position)).toEqual(tsc.map(position));
  return tsc.map(error => offers[Number(/^offers\.ts\((\d+),/.exec(error)![1]) - 4]!);
}

function position(error: string): string {
  return error.slice(0, error.indexOf(","));
}

test("the insert schema and the insert type accept every value of a row", () => {
  expect(ofRows.filter(({ isAccepted }) => !isAccepted).map(line)).toEqual([]);
  expect(ofRows.filter(one => rejected.has(one)).map(line)).toEqual([]);
});

test("the insert type accepts every kind of value that the insert schema accepts", () => {
  const differing = ofKinds.filter(one => one.isAccepted && rejected.has(one));
  expect(differing.map(describeOffer)).toEqual([]);
});

test("the insert type rejects booleans, bigints, dates and bytes where the insert schema does", () => {
  const offers = ofKinds.filter(({ column, value }) => column.startsWith("c") && STRICT.includes(value));
  expect(offers).toHaveLength(TYPES.length * STRICT.length);
  expect(offers.filter(one => !one.isAccepted && !rejected.has(one)).map(describeOffer)).toEqual([]);
});

function describeOffer(one: Offer): string {
  const [type] = TYPES[Number(one.column.slice(1))]!;
  return `${type}${one.column.startsWith("l") ? "[]" : ""}: ${line(one)}`;
}
