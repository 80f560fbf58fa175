import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import * as ddl from "../../src/ddl/index.ts";
import * as files from "../../src/files/index.ts";
import * as core from "../../src/index.ts";
import * as queues from "../../src/queues/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import * as rowfn from "../support/every-entry.ts";
import { ELSEWHERE, NO_ROWS } from "../support/no-rows.ts";
import { HIDDEN, REJECTED, STAMPED } from "../support/scope-cases.ts";

// Tenant 1 has the notes 1 and 2, tenant 2 has note 3. Tenant 1 makes all calls below.
const DATA = `
  create table if not exists note (id int primary key, tenant_id int not null, title text unique, stars int not null default 0);
  create table if not exists pair (
    a int constraint first references note, b int constraint second references note, primary key (a, b)
  );
  truncate note, pair;
  insert into note values (1, 1, 'a', 5), (2, 1, 'b', 7), (3, 2, 'secret', 9)`;
const THEIRS = [[3, 2, "secret", 9]];

let database: TestDatabase;
let mine: rowfn.SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase({ template: DATA });
  mine = rowfn.scope(await rowfn.loadSchema(database.sql), { note: { tenant_id: 1 } });
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.sql.unsafe(DATA);
});

// Builders send nothing; their runners are listed above.
const functions = Object.entries({ ...core, ...ddl, ...files, ...queues })
  .filter(([, value]) => typeof value === "function" && !(value.prototype instanceof Error))
  .map(([name]) => name)
  .filter(name => !name.endsWith("Sql"));

test("every exported function has a case here or accesses no rows", () => {
  const covered = new Set([...Object.keys(REJECTED), ...Object.keys(HIDDEN), ...ELSEWHERE, ...NO_ROWS]);
  expect(functions.filter(name => !covered.has(name))).toEqual([]);
  expect([...covered].filter(name => !functions.includes(name))).toEqual([]);
});

const handles: Readonly<
  Record<string, (run: (sql: TestDatabase["sql"]) => Promise<unknown>) => PromiseLike<unknown>>
> = {
  "the pool": run => run(database.sql),
  "a transaction": run => database.sql.begin(tx => run(tx as unknown as TestDatabase["sql"])),
};

const rowsOfTenant2 = async (): Promise<unknown[][]> => [
  ...(await database.sql.unsafe("select * from note where tenant_id = 2 or id = 3").values()),
];

for (const [handle, use] of Object.entries(handles)) {
  for (const [name, cases] of Object.entries(REJECTED))
    for (const [index, attempt] of cases.entries())
      test(`${name} ${index + 1} rejects another tenant's row, on ${handle}`, async () => {
        const rejected = await use(sql => attempt(sql, mine, database.sql)).then(
          () => undefined,
          (error: Error) => error,
        );
        expect(rejected).toBeInstanceOf(rowfn.RowfnError);
        expect(await rowsOfTenant2()).toEqual(THEIRS);
      });

  for (const [name, cases] of Object.entries(HIDDEN))
    for (const [index, [attempt, answer]] of cases.entries())
      test(`${name} ${index + 1} does not see another tenant's row, on ${handle}`, async () => {
        expect(await use(sql => attempt(sql, mine, database.sql))).toEqual(answer);
        expect(await rowsOfTenant2()).toEqual(THEIRS);
      });

  for (const [name, write] of Object.entries(STAMPED))
    test(`${name} adds the scope to a new row, on ${handle}`, async () => {
      await use(sql => write(sql, mine, database.sql));
      const [[tenant]] = (await database.sql.unsafe("select tenant_id from note where id = 9").values()) as [
        [number],
      ];
      expect(tenant).toBe(1);
    });
}
