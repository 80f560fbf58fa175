import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { SqlHandle } from "../../src/driver/handle.ts";
import { loadSchema, oneOf, rowsWhere, type SchemaSnapshot } from "../../src/index.ts";
import { columnOf, relationOf } from "../../src/schema/relation-of.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { codecOf } from "../../src/types/resolve.ts";
import { MATRIX, type MatrixCase, NOT_STORABLE } from "../support/type-cases.ts";
import { USER_TYPES, USER_TYPES_SQL } from "../support/user-type-cases.ts";

// One table per type: (id, value, list), in which list contains all values as one array.
const ALL: readonly (readonly [string, readonly MatrixCase[]])[] = [
  ...Object.entries(MATRIX),
  ...Object.entries(USER_TYPES),
].filter(([, cases]) => cases.length > 0);
const tableOf = new Map(ALL.map(([type], index) => [type, `t${index}`]));

let database: TestDatabase;
let schema: SchemaSnapshot;
let handles: Record<"prepared" | "unprepared", SqlHandle>;

beforeAll(async () => {
  database = await testDatabase();
  const { sql } = database;
  await sql.unsafe(USER_TYPES_SQL);
  for (const [type, cases] of ALL) {
    const table = tableOf.get(type)!;
    await sql.unsafe(`create table ${table} (id int primary key, value ${type}, list ${type}[])`);
    const quoted = cases.map(([literal]) => `'${literal.replaceAll("'", "''")}'::text::${castable(type)}`);
    const rows = quoted.map((value, index) => `(${index}, ${value}, null::${castable(type)}[])`);
    rows.push(
      `(${cases.length}, null, array[${quoted.join(", ")}, null]::${castable(type)}[])`,
      `(${cases.length + 1}, null, '{}')`,
    );
    await sql.unsafe(`insert into ${table} values ${rows.join(", ")}`);
  }
  schema = await loadSchema(sql);
  handles = {
    prepared: database.connect({ prepare: true }),
    unprepared: database.connect({ prepare: false }),
  };
});
afterAll(() => database.drop());

// A cast to char would mean char(1), and one to bit would mean bit(1). The cast of text to regclass takes only names.
function castable(type: string): string {
  if (type === "regclass") return "bpchar::regclass";
  if (/^char(\(|$)/.test(type)) return "bpchar";
  if (/^bit(\(|$)/.test(type)) return `pg_catalog."bit"`;
  return type;
}

test("the matrix covers every built-in type of this server", async () => {
  const rows = await database.sql.unsafe(`
    select format_type(oid, null) as type, typname from pg_type
    where typnamespace = 'pg_catalog'::regnamespace and typtype in ('b', 'r', 'm') and not (typcategory = 'A' and typarray = 0)`);
  const covered = new Set(
    (
      await database.sql.unsafe(`select t::regtype::text as type from unnest($1::text[]::text[]) t`, [
        `{${Object.keys(MATRIX)
          .map(type => JSON.stringify(type.replace(/\(.*/, "")))
          .join(",")}}`,
      ])
    ).map(({ type }: { type: string }) => type),
  );
  const missing = rows
    .filter(
      (row: { type: string; typname: string }) => !covered.has(row.type) && !NOT_STORABLE.has(row.typname),
    )
    .map((row: { typname: string }) => row.typname);
  expect(missing).toEqual([]);
});

for (const mode of ["prepared", "unprepared"] as const) {
  describe(mode, () => {
    for (const [type] of ALL) {
      test(`${type}: a related row has the same values as the row itself, next to rows without that type`, async () => {
        const table = tableOf.get(type)!;
        const self = { table, on: { id: "id" }, many: false } as const;
        const rows = await rowsWhere(handles[mode], schema, table, { orderBy: "id" });
        const nested = await rowsWhere(handles[mode], schema, table, {
          select: ["id"],
          orderBy: "id",
          include: { self: { ...self, include: { self } } },
        });
        expect(nested).toEqual(rows.map(row => ({ id: row["id"], self: { ...row, self: row } })) as never);
      });
    }

    for (const [type, cases] of ALL) {
      test(`${type}: a row has exactly the stored value, with and without parameters`, async () => {
        const table = tableOf.get(type)!;
        const printed = (
          await database.sql.unsafe(
            `select format('%s', value) as text from ${table} where value is not null order by id`,
          )
        ).map(({ text }: { text: string }) => text);
        const expected = cases.map(([, value], index) => (cases[index]!.length > 1 ? value : printed[index]));
        const ids = cases.map((_, index) => index);
        const plain = await rowsWhere(handles[mode], schema, table, { orderBy: "id" });
        const bound = await rowsWhere(handles[mode], schema, table, {
          where: { id: oneOf(ids) },
          orderBy: "id",
        });
        expect(plain.slice(0, cases.length).map(row => row["value"])).toEqual(expected);
        expect(bound.map(row => row["value"])).toEqual(expected);
        expect(plain[cases.length]!["list"]).toEqual([...expected, null]);
        expect(plain[cases.length + 1]!["list"]).toEqual([]);
      });

      test(`${type}: the value of a row is accepted and stored unchanged`, async () => {
        const table = tableOf.get(type)!;
        for (const name of ["value", "list"]) {
          const codec = codecOf(schema, relationOf(schema, table), columnOf(schema, table, name));
          const rows = await rowsWhere(handles[mode], schema, table, { orderBy: "id" });
          for (const { id, [name]: value } of rows) {
            if (value === null) continue;
            expect(codec.check(value)).toBeUndefined();
            const [row] = (await handles[mode].unsafe(
              `with new as (update ${table} set ${name} = $1::text::${codec.castType} where id = ${id} returning ${name})
               select (select format('%s', ${name}) from new) as new, format('%s', ${name}) as old from ${table} where id = ${id}`,
              [codec.print(value as never)],
            )) as { new: string; old: string }[];
            expect(row!.new).toBe(row!.old);
          }
        }
      });
    }
  });
}
