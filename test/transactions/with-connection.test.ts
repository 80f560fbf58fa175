import { expect, test } from "bun:test";
import { transaction, withConnection } from "../../src/index.ts";
import { ACCOUNT_ROWS, ACCOUNT_TABLES } from "../support/account-tables.ts";
import { until } from "../support/eventually.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { database } = await testTables(ACCOUNT_TABLES, ACCOUNT_ROWS);

const sql = database.connect({ max: 12 });

test("withConnection: a slow statement on a dedicated connection does not delay the pool", async () => {
  const pool = database.connect({ max: 3 });
  const { slow } = await sql.begin(async tx => {
    await tx`select pg_advisory_xact_lock(31)`;
    const slow = withConnection(pool, own => own`select pg_advisory_lock(31)`);
    await until(
      async () =>
        (
          await sql`select from pg_locks join pg_database d on d.oid = database and datname = current_database() where objid = 31 and not granted`
        ).length === 1,
    );
    for (let wave = 0; wave < 5; wave++) await Promise.all(Array.from({ length: 10 }, () => pool`select 1`));
    return { slow };
  });
  expect(await slow).toHaveLength(1);
  expect(
    await failure(
      withConnection(pool, () => {
        throw new RangeError("no");
      }),
    ),
  ).toEqual(new RangeError("no"));
  await transaction(pool, async tx => {
    const [{ pid }] = await tx`select pg_backend_pid() as pid`;
    expect(await withConnection(tx, async own => (await own`select pg_backend_pid() as pid`)[0].pid)).toBe(
      pid,
    );
  });
});
