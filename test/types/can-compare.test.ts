import { afterAll, beforeAll, expect, test } from "bun:test";
import { loadSchema, type SchemaSnapshot } from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import type { Codec } from "../../src/types/codec.ts";
import { codecFor } from "../../src/types/resolve.ts";
import { canCompare } from "../../src/types/type-operators.ts";

const COMPARES = `
  create function compares(one text, other text) returns boolean language plpgsql as $$
  begin execute format('select null::pg_catalog.%I = null::pg_catalog.%I', one, other); return true;
  exception when undefined_function then return false; end $$;`;

let database: TestDatabase;
let schema: SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase({ template: COMPARES });
  schema = await loadSchema(database.sql);
});
afterAll(() => database.drop());

test("no two types that PostgreSQL compares are considered incomparable", async () => {
  const names = await database.sql.unsafe(
    `select typname as name from pg_type where typtype in ('b', 'r', 'm') and typnamespace = 'pg_catalog'::regnamespace`,
  );
  const codecs = new Map<string, Codec>(
    names.map(({ name }: { name: string }) => [name, codecFor(schema, name, -1)] as const),
  );
  const rejected = [...codecs].flatMap(([one, left]) =>
    [...codecs].filter(([, right]) => !canCompare(left, right)).map(([other]) => [one, other]),
  );
  expect(rejected).toContainEqual(["int4", "text"]);
  // The last pair proves that the function finds what PostgreSQL compares.
  const pairs = [...rejected, ["int4", "numeric"]];
  const compared = await database.sql.unsafe(
    "select one, other from unnest($1::text[], $2::text[]) as given (one, other) where compares(one, other)",
    [0, 1].map(side => `{${pairs.map(pair => pair[side]).join()}}`),
  );
  expect([...compared]).toEqual([{ one: "int4", other: "numeric" }]);
});
