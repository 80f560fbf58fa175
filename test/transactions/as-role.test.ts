import { expect, test } from "bun:test";
import { ArgumentError, asRole, QueryError, transaction } from "../../src/index.ts";
import { ACCOUNT_ROWS, ACCOUNT_TABLES } from "../support/account-tables.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { database } = await testTables(ACCOUNT_TABLES, ACCOUNT_ROWS);

const sql = database.connect({ max: 12 });

test("asRole sets the role and the settings only for the function, and row-level security applies", async () => {
  const role = `reader_${crypto.randomUUID().slice(0, 8)}`;
  await sql.unsafe(`create role ${role}; grant select on secret to ${role}`);
  const ids = (tx: Bun.TransactionSQL) =>
    tx`select array_agg(id)::text as ids, current_user as who from secret`.values().then(rows => rows[0]);
  const as = (tenant: number) => ({ role, settings: { "app.tenant": tenant } });
  const [[owner]] = await sql`select current_user`.values();
  expect(await asRole(sql, as(1), ids)).toEqual(["{1}", role]);
  await transaction(sql, async tx => {
    expect(await asRole(tx, as(2), ids)).toEqual(["{2}", role]);
    expect(await ids(tx)).toEqual(["{1,2}", owner]);
    expect((await tx`select current_setting('app.tenant', true)`.values())[0]).toEqual([""]);
    await asRole(tx, as(1), async inner => {
      expect(await asRole(inner, { settings: { "app.tenant": 2 } }, ids)).toEqual(["{2}", role]);
      expect(await ids(inner)).toEqual(["{1}", role]);
    });
    await failure(
      asRole(tx, as(1), () => {
        throw new Error("no");
      }),
    );
    expect(await ids(tx)).toEqual(["{1,2}", owner]);
  });
  const after = await Promise.all(
    Array.from(
      { length: 24 },
      () => sql`select current_user = ${role} as leaked, current_setting('app.tenant', true) as tenant`,
    ),
  );
  expect(after.flat().filter(({ leaked, tenant }) => leaked || tenant)).toEqual([]);
  await sql.unsafe(`drop owned by ${role}; drop role ${role}`);
  expect(await failure(asRole(sql, {}, ids))).toBeInstanceOf(ArgumentError);
});

test("the role and the settings apply to the first statement of the function, and their own error is reported", async () => {
  const read = (tx: Bun.TransactionSQL) => tx`select current_setting('app.tenant', true)`.values().execute();
  expect(await asRole(sql, { settings: { "app.tenant": 7 } }, read)).toEqual([["7"]] as never);
  const error = await failure(asRole(sql, { role: "nobody_has_this_name" }, read));
  expect(error).toBeInstanceOf(QueryError);
  expect((error as QueryError).sqlstate).toBe("22023");
});

test("inside a transaction settings are restored that the role is not permitted to change", async () => {
  const role = `reader_${crypto.randomUUID().slice(0, 8)}`;
  await sql.unsafe(`create role ${role}`);
  const text = "select current_user, current_setting('log_min_duration_statement')";
  await transaction(sql, async tx => {
    const before = await tx.unsafe(text).values();
    const options = { role, settings: { log_min_duration_statement: 600_000 } };
    expect(await asRole(tx, options, own => own.unsafe(text).values())).toEqual([[role, "10min"]] as never);
    expect(await tx.unsafe(text).values()).toEqual(before);
  });
  await sql.unsafe(`drop role ${role}`);
});
