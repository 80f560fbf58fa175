// The position that a client passes from one request to the next.
import { afterAll, expect, test } from "bun:test";
import { SQL } from "bun";
import { until } from "../support/eventually.ts";
import { get, insert, loadSchema, replicas, sessionOf, traced, update } from "../support/every-entry.ts";
import { startReplication } from "../support/standby.ts";

const servers = await startReplication("create table t (id int primary key, name text);");
const prepare = process.env["ROWFN_PREPARE"] !== "false";
const primary = new SQL(servers.primary, { max: 2, prepare });
const standby = new SQL(servers.standby, { max: 2, prepare });
const schema = await loadSchema(primary);
let server = "";
const namedHandle = (sql: SQL, name: string): SQL =>
  traced(sql, ({ text }) => {
    if (!text.startsWith("SELECT pg_is_in_recovery()")) server = name;
  });
/** The handle of a process. */
const newProcess = (): SQL => replicas(namedHandle(primary, "primary"), [namedHandle(standby, "standby")]);

afterAll(async () => {
  await Promise.all([primary.close({ timeout: 0 }), standby.close({ timeout: 0 })]);
  await servers.stop();
});

const request = (headers: Record<string, string> = {}): Request =>
  new Request("http://localhost/", { headers });

/** Waits until the process reads from the standby. */
async function ready(sql: SQL): Promise<SQL> {
  await until(async () => {
    await get(sql, schema, "t", 1);
    return server === "standby";
  });
  return sql;
}

const PLACES = [
  {
    options: {},
    sent: "set-cookie",
    carried: /^rowfn_position=([0-9A-F]+\/[0-9A-F]+); Path=\/; HttpOnly; SameSite=Lax$/,
    back: (position: string) => ({ cookie: `a=1; rowfn_position=${position}` }),
  },
  {
    options: { cookieName: "p" },
    sent: "set-cookie",
    carried: /^p=([0-9A-F]+\/[0-9A-F]+); Path/,
    back: (position: string) => ({ cookie: `p=${position}` }),
  },
  {
    options: { headerName: "x-position" },
    sent: "x-position",
    carried: /^([0-9A-F]+\/[0-9A-F]+)$/,
    back: (position: string) => ({ "x-position": position }),
  },
];

test("the next request, in a different process, sees the write", async () => {
  await insert(primary, schema, "t", { id: 1, name: "a" });
  const [one, two] = [await ready(newProcess()), await ready(newProcess())];
  for (const [index, { options, sent, carried, back }] of PLACES.entries()) {
    await ready(two);
    await standby`select pg_wal_replay_pause()`;
    const first = sessionOf(one, request(), options);
    await update(first.sql, schema, "t", { id: 1, name: `name ${index}` });
    const response = await first.carry(new Response("body", { status: 201, headers: { etag: '"1"' } }));
    expect([response.status, response.headers.get("etag"), await response.text()]).toEqual([
      201,
      '"1"',
      "body",
    ]);
    const position = carried.exec(response.headers.get(sent)!)![1]!;
    const second = sessionOf(two, request(back(position)), options);
    expect(await get(second.sql, schema, "t", 1)).toEqual({ id: 1, name: `name ${index}` });
    expect(server).toBe("primary");
    const unchanged = new Response();
    expect(await second.carry(unchanged)).toBe(unchanged);
    await get(sessionOf(two, request(), options).sql, schema, "t", 1);
    expect(server).toBe("standby");
    await standby`select pg_wal_replay_resume()`;
  }
});

test("a request with a position that the standby has reached reads from the standby", async () => {
  const sql = await ready(newProcess());
  server = "";
  await get(sessionOf(sql, request({ cookie: "rowfn_position=0/1" })).sql, schema, "t", 1);
  expect(server).toBe("standby");
});

test("a request with an invalid position reads from the primary", async () => {
  const sql = await ready(newProcess());
  await get(sessionOf(sql, request({ cookie: "rowfn_position=x" })).sql, schema, "t", 1);
  expect(server).toBe("primary");
});

test("a response over https has a secure cookie", async () => {
  const { sql, carry } = sessionOf(newProcess(), new Request("https://localhost/"));
  await update(sql, schema, "t", { id: 1, name: "b" });
  expect((await carry(new Response())).headers.get("set-cookie")).toEndWith("; SameSite=Lax; Secure");
});

test("invalid arguments are rejected", () => {
  const all = newProcess();
  expect(() => sessionOf(primary, request())).toThrow("sql must be a handle that replicas returned");
  expect(() => sessionOf(all, {} as never)).toThrow("request must be a Request");
  expect(() => sessionOf(all, request(), { headerName: "a", cookieName: "b" })).toThrow(
    "cookieName and headerName cannot be combined; pass one of them",
  );
  expect(() => sessionOf(all, request(), { headerName: "a b" })).toThrow(
    'headerName must be the name of a header, received "a b"',
  );
});
