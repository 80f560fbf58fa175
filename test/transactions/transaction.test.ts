import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import {
  ArgumentError,
  afterCommit,
  asRole,
  ConstraintError,
  expr,
  getOrThrow,
  insert,
  LockedError,
  loadSchema,
  QueryError,
  type SchemaSnapshot,
  TimeoutError,
  transaction,
  UnknownOutcomeError,
  updateWhere,
  withConnection,
  withLock,
} from "../../src/index.ts";
import { startPostgres, type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { until } from "../support/eventually.ts";

let database: TestDatabase;
let sql: Bun.SQL;
let schema: SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase({
    template: `create table account (id int primary key, balance int not null, owner text default current_user);
      create table later (id int primary key deferrable initially deferred);
      create table secret (id int primary key, tenant int);
      insert into secret values (1, 1), (2, 2);
      alter table secret enable row level security;
      create policy own on secret using (tenant = nullif(current_setting('app.tenant', true), '')::int)`,
  });
  sql = database.connect({ max: 12 });
  schema = await loadSchema(sql);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await sql.unsafe(
    "truncate account, later; insert into account select id, 100 from generate_series(1, 10) id",
  );
});

const failure = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => new Error("it went well"),
    error => error,
  );
const balance = async (id: number): Promise<number> =>
  (await sql`select balance from account where id = ${id}`)[0].balance;
const activeSleeps = async (): Promise<number> =>
  (
    await sql`select count(*)::int as n from pg_stat_activity where datname = current_database() and state = 'active' and query like '%pg_sleep%' and pid <> pg_backend_pid()`
  )[0].n;

/** A function whose first calls resolve when `size` of them have been made. */
function meetingOf(size: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let calls = 0;
  return () => {
    if (++calls === size) resolve();
    return promise;
  };
}

/** Ends a connection and waits until the server has closed it. */
async function terminate(pid: number): Promise<void> {
  await sql`select pg_terminate_backend(${pid})`;
  await until(async () => (await sql`select 1 from pg_stat_activity where pid = ${pid}`).length === 0);
}

test("commits what the function did and returns its result; an error rolls it back", async () => {
  const add = (tx: Bun.TransactionSQL, amount: number) =>
    updateWhere(
      tx,
      schema,
      "account",
      { balance: expr`balance + ${amount}` },
      { where: { id: 1 }, returning: false },
    );
  expect(await transaction(sql, tx => add(tx, 5))).toBe(1);
  expect(
    await failure(
      transaction(sql, async tx => {
        await add(tx, 50);
        throw new RangeError("no");
      }),
    ),
  ).toEqual(new RangeError("no"));
  expect(await balance(1)).toBe(105);
});

test("isolation, readOnly and deferrable are the transaction's", async () => {
  const shown = await transaction(
    sql,
    async tx =>
      (
        await tx`select current_setting('transaction_isolation') || ' ' || current_setting('transaction_read_only') || ' ' || current_setting('transaction_deferrable')`.values()
      )[0],
    { isolation: "serializable", readOnly: true, deferrable: true },
  );
  expect(shown).toEqual(["serializable on on"]);
  expect(
    (
      (await failure(
        transaction(sql, tx => insert(tx, schema, "account", { id: 99, balance: 1 }), { readOnly: true }),
      )) as QueryError
    ).sqlstate,
  ).toBe("25006");
});

test("options that cannot be meant are refused before anything is sent", async () => {
  const work = () => expect.unreachable();
  expect(await failure(transaction(sql, work, { isolation: "chaos" as never }))).toBeInstanceOf(
    ArgumentError,
  );
  expect(await failure(transaction(sql, work, { deferrable: true }))).toBeInstanceOf(ArgumentError);
  expect(await failure(transaction(sql, work, { retries: -1 }))).toBeInstanceOf(ArgumentError);
  expect(await failure(transaction(sql, work, { timeout: 0 }))).toBeInstanceOf(ArgumentError);
  await sql.begin(async tx => {
    expect(await failure(transaction(tx, work, { isolation: "serializable" }))).toBeInstanceOf(ArgumentError);
    expect(await failure(transaction(tx, work, { retries: 3 }))).toBeInstanceOf(ArgumentError);
  });
});

test("in a transaction it is a savepoint: its error leaves the outer one alive", async () => {
  await transaction(sql, async tx => {
    await insert(tx, schema, "account", { id: 20, balance: 1 });
    expect(
      await failure(transaction(tx, inner => insert(inner, schema, "account", { id: 20, balance: 2 }))),
    ).toBeInstanceOf(ConstraintError);
    await insert(tx, schema, "account", { id: 21, balance: 1 });
  });
  expect([await balance(20), await balance(21)]).toEqual([1, 1]);
});

test("1,000 serializable transfers between 10 accounts at once keep the total", async () => {
  let runs = 0;
  const transfer = async (): Promise<void> => {
    const from = 1 + Math.floor(Math.random() * 10);
    const to = 1 + ((from + Math.floor(Math.random() * 9)) % 10);
    await transaction(
      sql,
      async tx => {
        runs++;
        const [source, target] = await Promise.all([
          getOrThrow(tx, schema, "account", from),
          getOrThrow(tx, schema, "account", to),
        ]);
        await updateWhere(
          tx,
          schema,
          "account",
          { balance: (source["balance"] as number) - 1 },
          { where: { id: from } },
        );
        await updateWhere(
          tx,
          schema,
          "account",
          { balance: (target["balance"] as number) + 1 },
          { where: { id: to } },
        );
      },
      { isolation: "serializable", retries: 1000 },
    );
  };
  const queue = Array.from({ length: 1000 });
  await Promise.all(
    Array.from({ length: 10 }, async () => {
      while (queue.pop() !== undefined || queue.length > 0) await transfer();
    }),
  );
  expect((await sql`select sum(balance)::int as total from account`)[0].total).toBe(1000);
  expect(runs).toBeGreaterThan(1000);
});

test("a deadlock is tried again", async () => {
  const runs = [0, 0];
  const meet = meetingOf(2);
  const swap = (index: number) =>
    transaction(
      sql,
      async tx => {
        runs[index]!++;
        await tx`update account set balance = balance + 1 where id = ${index + 1}`;
        await meet();
        await tx`update account set balance = balance + 1 where id = ${2 - index}`;
      },
      { retries: 3 },
    );
  await Promise.all([swap(0), swap(1)]);
  expect([await balance(1), await balance(2)]).toEqual([102, 102]);
  expect(runs[0]! + runs[1]!).toBeGreaterThan(2);
});

test("without retries a conflict is the caller's, after them the last error says how often it was tried", async () => {
  const fail = (retries: number) => {
    let runs = 0;
    return failure(
      transaction(
        sql,
        async tx => {
          runs++;
          await tx.unsafe("do $$ begin raise exception 'again' using errcode = '40001'; end $$");
        },
        { retries },
      ),
    ).then(error => [runs, (error as Error & { attempts?: number }).attempts]);
  };
  expect(await fail(0)).toEqual([1, undefined]);
  expect(await fail(2)).toEqual([3, 3]);
});

test("other errors are never tried again", async () => {
  let runs = 0;
  const taken = transaction(
    sql,
    tx => {
      runs++;
      return insert(tx, schema, "account", { id: 1, balance: 1 });
    },
    { retries: 5, idempotent: true },
  );
  expect(await failure(taken)).toBeInstanceOf(ConstraintError);
  expect(runs).toBe(1);
});

test("an error of the COMMIT is a QueryError of COMMIT", async () => {
  const late = (await failure(transaction(sql, tx => tx`insert into later values (1), (1)`))) as QueryError;
  expect([late.constructor, late.sqlstate, late.text]).toEqual([QueryError, "23505", "COMMIT"]);
});

test("afterCommit runs once what was asked for is committed, in order, with that of kept savepoints only", async () => {
  const done: string[] = [];
  await transaction(sql, async tx => {
    afterCommit(tx, () => done.push("outer"));
    await transaction(tx, inner =>
      afterCommit(inner, async () => {
        done.push(`inner sees ${await balance(30)}`);
      }),
    );
    await failure(
      transaction(tx, inner => {
        afterCommit(inner, () => done.push("never"));
        throw new Error("no");
      }),
    );
    await insert(tx, schema, "account", { id: 30, balance: 7 });
    expect(done).toEqual([]);
  });
  expect(done).toEqual(["outer", "inner sees 7"]);
  await failure(
    transaction(sql, tx => {
      afterCommit(tx, () => done.push("never"));
      throw new Error("no");
    }),
  );
  expect(done).toHaveLength(2);
  await sql.begin(async tx => {
    expect(() => afterCommit(tx, () => {})).toThrow(ArgumentError);
  });
});

test("a timeout stops the statement on the server and rolls back", async () => {
  const error = await failure(
    transaction(
      sql,
      async tx => {
        await tx`update account set balance = 0`;
        await tx`select pg_sleep(30)`;
      },
      { timeout: 300 },
    ),
  );
  expect(error).toEqual(new TimeoutError("the transaction took longer than 300 ms and was rolled back"));
  expect(await activeSleeps()).toBe(0);
  expect(await balance(1)).toBe(100);
});

test("a timeout stops a function that goes on after the error, and one that waits for something else", async () => {
  const stubborn = transaction(
    sql,
    async tx => {
      for (let round = 0; round < 3; round++)
        await tx.savepoint(sp => sp`select pg_sleep(30)`).catch(() => {});
    },
    { timeout: 200 },
  );
  expect(await failure(stubborn)).toBeInstanceOf(TimeoutError);
  expect(await activeSleeps()).toBe(0);
  expect(await failure(transaction(sql, () => new Promise(() => {}), { timeout: 50 }))).toBeInstanceOf(
    TimeoutError,
  );
});

test("a signal stops the statement, in a savepoint too; the outer transaction goes on", async () => {
  const stop = new AbortController();
  const stopped = until(async () => (await activeSleeps()) === 1).then(() =>
    stop.abort(new RangeError("enough")),
  );
  await transaction(sql, async tx => {
    await insert(tx, schema, "account", { id: 40, balance: 1 });
    expect(
      await failure(transaction(tx, inner => inner`select pg_sleep(30)`, { signal: stop.signal })),
    ).toEqual(new RangeError("enough"));
    await insert(tx, schema, "account", { id: 41, balance: 1 });
  });
  await stopped;
  expect(await activeSleeps()).toBe(0);
  expect([await balance(40), await balance(41)]).toEqual([1, 1]);
  expect(await failure(transaction(sql, () => expect.unreachable(), { signal: stop.signal }))).toEqual(
    new RangeError("enough"),
  );
});

test("a connection lost in the function is its error, tried again only when the work is idempotent", async () => {
  let runs = 0;
  const work = async (tx: Bun.TransactionSQL): Promise<string> => {
    runs++;
    const [{ pid }] = await tx`select pg_backend_pid() as pid`;
    if (runs % 2 === 1) await terminate(pid);
    await tx`select 1`;
    return "done";
  };
  const lost = await failure(transaction(sql, work, { retries: 3 }));
  expect([runs, lost instanceof UnknownOutcomeError]).toEqual([1, false]);
  runs = 0;
  expect(await transaction(sql, work, { retries: 3, idempotent: true })).toBe("done");
  expect(runs).toBe(2);
});

test("a connection lost while committing is an unknown outcome", async () => {
  await sql.unsafe(`create function slow_commit() returns trigger language plpgsql as $$ begin perform pg_sleep(60); return null; end $$;
    create constraint trigger slow after insert on later initially deferred for each row execute function slow_commit()`);
  let pid = 0;
  const losing = failure(
    transaction(sql, async tx => {
      pid = (await tx`insert into later values (5) returning pg_backend_pid() as pid`)[0].pid;
    }),
  );
  await until(
    async () =>
      (await sql`select 1 from pg_stat_activity where pid = ${pid} and wait_event = 'PgSleep'`).length === 1,
  );
  await terminate(pid);
  const error = await losing;
  expect(error).toBeInstanceOf(UnknownOutcomeError);
  expect(error.message).toBe(
    "the connection was lost during COMMIT; the transaction was either committed or rolled back",
  );
  await sql.unsafe("drop function slow_commit cascade");
});

test("a server that restarts: idempotent work is done by a later attempt", async () => {
  const first = await startPostgres();
  const handle = new Bun.SQL(first.url, { max: 2 });
  let runs = 0;
  const work = async (tx: Bun.TransactionSQL): Promise<unknown> =>
    (await (runs++ === 0 ? tx`select pg_sleep(20)` : tx`select 7 as a`).values())[0]?.[0];
  const during = transaction(handle, work, { retries: 1000, idempotent: true });
  await until(() => runs > 0);
  await first.stop();
  const second = await startPostgres({ port: first.port });
  expect(await during).toBe(7);
  await handle.close({ timeout: 0 }).catch(() => {});
  await second.stop();
});

test("asRole: the role and the settings last as long as the function, with row-level security", async () => {
  const role = `reader_${crypto.randomUUID().slice(0, 8)}`;
  await sql.unsafe(`create role ${role}; grant select on secret to ${role}`);
  const ids = (tx: Bun.TransactionSQL) =>
    tx`select array_agg(id)::text as ids, current_user as who from secret`.values().then(rows => rows[0]);
  const as = (tenant: number) => ({ role, settings: { "app.tenant": tenant } });
  expect(await asRole(sql, as(1), ids)).toEqual(["{1}", role]);
  await transaction(sql, async tx => {
    expect(await asRole(tx, as(2), ids)).toEqual(["{2}", role]);
    expect((await ids(tx))?.[1]).not.toBe(role);
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
    expect((await ids(tx))?.[1]).not.toBe(role);
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

test("withLock: one at a time, shared together, or not at all", async () => {
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

test("withConnection: a slow statement on a dedicated connection does not delay the pool", async () => {
  const pool = database.connect({ max: 3 });
  const { slow } = await sql.begin(async tx => {
    await tx`select pg_advisory_xact_lock(31)`;
    const slow = withConnection(pool, own => own`select pg_advisory_lock(31)`);
    await until(
      async () => (await sql`select 1 from pg_locks where objid = 31 and not granted`).length === 1,
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
