import { expect, test } from "bun:test";
import { ArgumentError, LockedError, withLock } from "../../src/index.ts";
import { ACCOUNT_ROWS, ACCOUNT_TABLES } from "../support/account-tables.ts";
import { failure } from "../support/failure.ts";
import { meetingOf } from "../support/meeting.ts";
import { testTables } from "../support/test-tables.ts";

const { database } = await testTables(ACCOUNT_TABLES, ACCOUNT_ROWS);

const sql = database.connect({ max: 12 });

test("withLock runs one function at a time, or several with shared: true", async () => {
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    most = Math.max(most, ++inside);
    await sql`select 1`;
    inside--;
  };
  await Promise.all([1, 2, 3, 4].map(() => withLock(sql, "job", work)));
  expect(most).toBe(1);
  const meet = meetingOf(4);
  await Promise.all([1, 2, 3, 4].map(() => withLock(sql, 77n, meet, { shared: true })));
  await withLock(sql, "job", async () => {
    expect(await failure(withLock(sql, "job", work, { wait: false }))).toEqual(
      new LockedError('lock "job" is held by another session'),
    );
    expect(await withLock(sql, "other job", () => 5, { wait: false })).toBe(5);
  });
  expect(await failure(withLock(sql, 2n ** 70n, work))).toBeInstanceOf(ArgumentError);
});
