// Servers that hang: connections remain open, but nothing arrives.
import { afterAll, expect, test } from "bun:test";
import { SQL } from "bun";
import { until } from "../support/eventually.ts";
import {
  get,
  insert,
  loadSchema,
  replicas,
  sessionOf,
  traced,
  transaction,
  withConnection,
} from "../support/every-entry.ts";
import { failure } from "../support/failure.ts";
import { startReplication } from "../support/standby.ts";
import { startSwitch } from "../support/switch-proxy.ts";

const servers = await startReplication(
  "create table t (id int primary key, name text); insert into t values (1, 'a');",
);
const prepare = process.env["ROWFN_PREPARE"] !== "false";
const direct = new SQL(servers.primary, { max: 1, prepare });
const schema = await loadSchema(direct);

/** A handle of servers that can hang. */
function openHanging() {
  const [first, second] = [startSwitch(servers.primary), startSwitch(servers.standby)];
  const pools = [first, second].map(({ url }) => new SQL(url, { max: 2, prepare }));
  let standbyReads = 0;
  const counted = traced(pools[1]!, ({ text, error }) => {
    if (text.startsWith('SELECT "id"') && error === undefined) standbyReads++;
  });
  const sql = replicas(pools[0]!, [counted]);
  const untilReplica = (): Promise<void> =>
    until(async () => {
      standbyReads = 0;
      await get(sql, schema, "t", 1);
      return standbyReads > 0;
    });
  const close = async (): Promise<void> => {
    await sql.close({ timeout: 0 });
    first.stop();
    second.stop();
  };
  return { sql, first, second, untilReplica, [Symbol.asyncDispose]: close };
}

afterAll(async () => {
  await direct.close({ timeout: 0 });
  await servers.stop();
});

test("after a read that a hanging standby did not answer in time, reads run on the primary", async () => {
  await using open = openHanging();
  const { sql, second, untilReplica } = open;
  await untilReplica();
  second.hang();
  const error = await failure(get(sql, schema, "t", 1, { timeout: 50 }));
  // The time that was left when the read was sent to the server.
  expect([error.name, error.message.replace(/\d+ ms/, "50 ms")]).toEqual([
    "TimeoutError",
    `the call took longer than 50 ms, and the server did not confirm that it was canceled, so it is unknown whether it was completed\n  in: SELECT "id", "name" FROM "public"."t" WHERE "id" = $1::text::int4`,
  ]);
  for (let n = 0; n < 10; n++) expect(await get(sql, schema, "t", 1)).toEqual({ id: 1, name: "a" });
});

test("the deadline of a call holds while the handle looks for a new primary", async () => {
  await using open = openHanging();
  const { sql, first, second, untilReplica } = open;
  await untilReplica();
  second.hang();
  first.stop();
  await failure(insert(sql, schema, "t", { id: 2, name: "b" }));
  const ended: string[] = [];
  const note = (name: string) => (): void => void ended.push(name);
  // The hanging server does not answer, so this one waits as long as the handle looks for a primary.
  const patient = transaction(sql, async () => {}).catch(note("patient"));
  const limited = [
    transaction(sql, async () => {}, { timeout: 1 }).catch(note("transaction")),
    withConnection(sql, () => {}, { signal: AbortSignal.timeout(1) }).catch(note("withConnection")),
    insert(sql, schema, "t", { id: 2, name: "b" }, { timeout: 1 }).catch(note("insert")),
  ];
  await Promise.all([patient, ...limited]);
  expect(ended.at(-1)).toBe("patient");
});

test("a response is not held back by a primary that hangs: the next request reads from the primary", async () => {
  await using open = openHanging();
  const { sql, first } = open;
  await get(sql, schema, "t", 1);
  const cookie = { cookie: "rowfn_position=none" };
  const { carry } = sessionOf(sql, new Request("http://localhost/", { headers: cookie }));
  first.hang();
  const response = await carry(new Response());
  expect(response.headers.get("set-cookie")).toStartWith("rowfn_position=unknown; ");
});

test("a promoted standby becomes the primary while the former one hangs, after a call that was stopped", async () => {
  await using open = openHanging();
  const { sql, first, untilReplica } = open;
  await untilReplica();
  first.hang();
  const standby = new SQL(servers.standby, { max: 1 });
  await servers.primaryServer.stop();
  await standby`select pg_promote()`;
  await until(async () => {
    const failed = insert(sql, schema, "t", { id: 3, name: "c" }, { timeout: 500 });
    return await failed.then(
      () => true,
      () => false,
    );
  });
  expect(await standby`select name from t where id = 3`.values()).toEqual([["c"]] as never);
  await standby.close({ timeout: 0 });
});
