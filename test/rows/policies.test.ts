// Rows that a policy of row-level security shows but does not let the role change.
import { describe, expect, test } from "bun:test";
import { deleteRow, NotFoundError, type SqlHandle, update, updateWhere } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { recorder } from "../support/recording.ts";
import { testTables } from "../support/test-tables.ts";

// A predefined role, because roles are shared by all databases.
const { sql, schema, plain } = await testTables(
  `create table item (id int primary key, owner text not null, v int); alter table item enable row level security;
   create policy seen on item for select using (true);
   create policy changed on item for update using (owner = 'me');
   create policy removed on item for delete using (owner = 'me');
   grant select, update, delete on item to pg_monitor`,
  "truncate item; insert into item values (1, 'me', 1), (2, 'other', 2)",
);

function asMonitor<Result>(run: (tx: SqlHandle) => Promise<Result>): Promise<Result> {
  return sql.begin(async tx => {
    await tx`set local role pg_monitor`;
    return await run(tx);
  }) as Promise<Result>;
}

describe("a row that is visible but protected by a policy", () => {
  const { sent, onStatement } = recorder();
  const CALLS: Readonly<Record<string, (tx: SqlHandle) => Promise<unknown>>> = {
    update: tx => update(tx, schema, "item", { id: 2, v: 9 }, { onStatement }),
    deleteRow: tx => deleteRow(tx, schema, "item", 2, { onStatement }),
  };
  test.each(Object.entries(CALLS))(
    "is not changed by %s, which throws after one statement",
    async (_name, call) => {
      sent.length = 0;
      const error = await failure(asMonitor(call));
      expect(error).toBeInstanceOf(NotFoundError);
      expect(sent.length).toBe(1);
      expect(await plain("select id, v from item order by id")).toEqual([
        [1, 1],
        [2, 2],
      ]);
    },
  );

  test("is not counted by updateWhere", async () => {
    expect(await asMonitor(tx => updateWhere(tx, schema, "item", { v: 9 }, { all: true }))).toBe(1);
    expect(await plain("select id, v from item order by id")).toEqual([
      [1, 9],
      [2, 2],
    ]);
  });
});
