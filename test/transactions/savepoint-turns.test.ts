// Savepoints of one transaction that are begun at the same time.
import { expect, test } from "bun:test";
import { insertMany, TimeoutError, transaction, withConnection } from "../../src/index.ts";
import { claimOne } from "../../src/queues/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create table note (name text primary key);
  create table job (id int primary key, status text not null default 'pending', note text references note)`,
  "truncate note, job; insert into job values (1, 'pending'), (2, 'pending')",
);
const names = async () => (await plain("select name from note order by name")).flat();

/** Inserts two rows in a savepoint, which fails between them if `fails`. */
const twoNotes = (tx: Bun.TransactionSQL, name: string, fails = false) =>
  transaction(tx, async own => {
    await own`insert into note values (${`${name}1`})`;
    if (fails) await own`select 1 / 0`;
    await own`insert into note values (${`${name}2`})`;
    return name;
  });

test("a savepoint that fails undoes nothing of those that are begun at the same time", async () => {
  const ends = await transaction(sql, tx =>
    Promise.allSettled([twoNotes(tx, "a"), twoNotes(tx, "b", true), twoNotes(tx, "c")]),
  );
  expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(await names()).toEqual(["a1", "a2", "c1", "c2"]);
});

test("the same holds inside a savepoint, and on a connection of the caller", async () => {
  const both = (tx: Bun.TransactionSQL) => Promise.allSettled([twoNotes(tx, "a"), twoNotes(tx, "b", true)]);
  await withConnection(sql, connection =>
    transaction(connection, tx => Promise.all([twoNotes(tx, "z"), transaction(tx, both)])),
  );
  expect(await names()).toEqual(["a1", "a2", "z1", "z2"]);
});

test("a savepoint inside of another one does not wait for it, also on the handle of the transaction", async () => {
  await transaction(sql, async tx => {
    await transaction(tx, async own => {
      await Promise.allSettled([twoNotes(tx, "a"), twoNotes(tx, "b", true), twoNotes(own, "c")]);
    });
  });
  expect(await names()).toEqual(["a1", "a2", "c1", "c2"]);
});

test("what was started in a savepoint that has ended waits for the one that is open", async () => {
  const ended = Promise.withResolvers<void>();
  await transaction(sql, async tx => {
    let late: Promise<unknown> | undefined;
    await transaction(tx, async () => {
      late = ended.promise.then(() => failure(twoNotes(tx, "late", true)));
    });
    const open = transaction(tx, async own => {
      await own`insert into note values ('open')`;
      ended.resolve();
      await own`select 1`;
    });
    await Promise.all([open, late]);
  });
  expect(await names()).toEqual(["open"]);
});

test("many rows and jobs at the same time are stored or rolled back as a whole", async () => {
  const rows = function* (...found: string[]) {
    for (const name of found) yield { name };
  };
  const ends = await transaction(sql, tx =>
    Promise.allSettled([
      insertMany(tx, schema, "note", rows("a", "b")),
      insertMany(tx, schema, "note", rows("c", "a")),
      claimOne(tx, schema, "job", (_, own) => own`insert into note values ('d')`),
      claimOne(tx, schema, "job", (_, own) => own`insert into note values ('a')`),
    ]),
  );
  expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled"]);
  expect(await names()).toEqual(["a", "b", "d"]);
  expect(await plain("select id, status from job order by id")).toEqual([
    [1, "done"],
    [2, "failed"],
  ]);
});

test("a savepoint that waits for another one ends at its deadline, and the next one still waits", async () => {
  const gate = Promise.withResolvers<void>();
  const { error, ran } = await transaction(sql, async tx => {
    let ran = false;
    const first = transaction(tx, async own => {
      await gate.promise;
      await own`insert into note values ('first')`;
    });
    const error = await failure(
      transaction(
        tx,
        () => {
          ran = true;
        },
        { timeout: 50 },
      ),
    );
    const last = failure(twoNotes(tx, "last", true));
    gate.resolve();
    await Promise.all([first, last]);
    return { error, ran };
  });
  expect([error instanceof TimeoutError, ran]).toEqual([true, false]);
  expect(await names()).toEqual(["first"]);
});
