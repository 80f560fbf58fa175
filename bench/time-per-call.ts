// `bun bench/time-per-call.ts [--once] [operation ...]`: processor time per call of the client and of PostgreSQL, of hand-written
// code and of rowfn in turns in one process. Unlike elapsed time it can be compared on a machine that does other work. The
// report of `bun run bench` includes the result.
import { readdirSync, readFileSync } from "node:fs";
import { SQL } from "bun";
import { testDatabase } from "rowfn/testing";
import { type Adapter, openAdapter, POOL } from "./adapter.ts";
import { AMOUNTS, type Amount } from "./amount.ts";
import { createData, createEntries, lines, ROWS, refill } from "./data.ts";
import { exactByHand } from "./exact-by-hand.ts";
import { markdownTable } from "./markdown-table.ts";
import { median, ratio } from "./measure.ts";
import { nestedInOneStatement } from "./nested-in-one-statement.ts";

type Call = () => Promise<unknown>;
type Calls = Readonly<Record<string, Call>>;

/** The operations of the report for which exact hand-written code exists. */
const REPORTED = ["row", "page", "filtered", "count", "insert", "update", "upsert", "fetch"] as const;
const OTHERS = ["nested", "mix", "nested-275"] as const;

const IN_FLIGHT = 16;
/** The rows of the written table before each round, which updates and upserts change. */
const EXISTING = 300;
const FETCHED = 10_000;
const PAGES = 200;

const random = (count: number): number => 1 + Math.floor(Math.random() * count);
const [line] = lines(1);
let nextId = 1_000_000;

type SingleCalls = Pick<Adapter, "get" | "filtered" | "count" | "insertOne" | "updateOne" | "upsertOne">;

const singleCalls = (calls: SingleCalls): Calls => ({
  row: () => calls.get(random(ROWS)),
  filtered: () => calls.filtered(random(1_000)),
  count: () => calls.count(random(1_000)),
  insert: () => calls.insertOne({ ...line!, id: nextId++ }),
  update: () => calls.updateOne(random(EXISTING), `line ${nextId++}`),
  upsert: () => calls.upsertOne({ ...line!, id: random(2 * EXISTING) }),
});

async function adapterCalls(adapter: Adapter): Promise<Calls> {
  const { artist, pages } = await adapter.serverReads!(PAGES);
  const single = singleCalls(adapter);
  const page = () => pages[random(PAGES) - 1]!();
  const nested = () => artist(random(275));
  // As in server/routes.lua.
  const mix = (): Promise<unknown> => {
    const number = random(100);
    if (number <= 60) return single["row"]!();
    if (number <= 80) return page();
    return number <= 92 ? nested() : single["insert"]!();
  };
  const fetch = () => adapter.fetch("line", FETCHED);
  return { ...single, page, nested, mix, fetch, "nested-275": () => adapter.nested(275) };
}

function exactCalls(pool: SQL): Calls {
  const exact = exactByHand(pool);
  return {
    ...singleCalls(exact),
    page: () => exact.page((random(PAGES) - 1) * 50),
    fetch: () => exact.fetch(FETCHED),
    "nested-275": () => nestedInOneStatement(pool, 275),
  };
}

interface Block {
  readonly client: number;
  readonly postgres: number;
}

/** Microseconds per call. */
async function measureBlock(call: Call, count: number, backends: readonly string[]): Promise<Block> {
  let left = count;
  const work = async (): Promise<void> => {
    while (left-- > 0) await call();
  };
  const before = { client: process.cpuUsage(), postgres: backendTime(backends) };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  const { user, system } = process.cpuUsage(before.client);
  return { client: (user + system) / count, postgres: (backendTime(backends) - before.postgres) / count };
}

/** Microseconds; 0 without /proc. */
function backendTime(pids: readonly string[]): number {
  return pids.reduce((sum, pid) => sum + Number(procFile(pid, "schedstat").split(" ")[0]) / 1e3, 0);
}

function backendsOf(postmaster: string): string[] {
  const pids = readdirSync("/proc").filter(name => /^\d+$/.test(name));
  return pids.filter(pid => procFile(pid, "stat").split(") ")[1]?.split(" ")[1] === postmaster);
}

function procFile(pid: string, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}

/** The blocks of each implementation of an operation. */
export interface PerCall {
  readonly operation: string;
  readonly ways: ReadonlyMap<string, readonly Block[]>;
}

async function measureOperation(
  admin: SQL,
  operation: string,
  ways: ReadonlyMap<string, Call>,
  { rounds, warmUps, calls }: Amount["perCall"],
): Promise<PerCall> {
  const count = operation === "fetch" || operation === "nested-275" ? Math.min(calls, IN_FLIGHT) : calls;
  for (let round = 0; round < warmUps; round++)
    for (const call of ways.values()) await measureBlock(call, count, []);
  const [{ postmaster }] = await admin.unsafe(
    "select split_part(pg_read_file('postmaster.pid'), E'\\n', 1) as postmaster",
  );
  const backends = backendsOf(postmaster);
  const blocks = new Map([...ways.keys()].map(way => [way, [] as Block[]]));
  for (let round = 0; round < rounds; round++) {
    const turns = round % 2 === 0 ? [...ways] : [...ways].reverse();
    for (const [way, call] of turns) {
      await refill(admin, EXISTING);
      blocks.get(way)!.push(await measureBlock(call, count, backends));
    }
  }
  return { operation, ways: blocks };
}

/** Needs a database with the tables of `createData` and `createEntries`. */
export async function measurePerCall(
  url: string,
  amount: Amount["perCall"],
  operations: readonly string[] = REPORTED,
): Promise<PerCall[]> {
  const admin = new SQL(url, { max: 1 });
  await refill(admin, EXISTING);
  const adapters = [await openAdapter("bun-sql", url), await openAdapter("rowfn", url)] as const;
  const [byHand, rowfn] = [await adapterCalls(adapters[0]), await adapterCalls(adapters[1])];
  const pool = new SQL(url, { max: POOL });
  const exact = exactCalls(pool);
  const measured: PerCall[] = [];
  for (const operation of operations) {
    const ways = new Map([["Bun SQL", byHand[operation]!]]);
    if (operation in exact) ways.set("limit, by hand", exact[operation]!);
    ways.set("rowfn", rowfn[operation]!);
    measured.push(await measureOperation(admin, operation, ways, amount));
  }
  for (const { close } of [...adapters, { close: () => pool.close({ timeout: 5 }) }]) await close();
  await admin.close({ timeout: 5 });
  return measured;
}

/** The times of a part, and their ratio to the times of the first implementation. */
function cell(own: readonly Block[], reference: readonly Block[], time: (block: Block) => number): string {
  const times = own.map(time);
  return `${median(times).toFixed(1)} µs (${ratio(times, reference.map(time)).toFixed(2)})`;
}

/** The table of processor times, with ratios to the hand-written code. */
export function perCallTable(rows: readonly PerCall[]): string {
  return markdownTable(
    ["operation", "code", "client", "PostgreSQL", "together"],
    rows.flatMap(({ operation, ways }) => {
      const [reference] = ways.values();
      return [...ways].map(([way, own], index) => [
        index === 0 ? operation : "",
        way,
        cell(own, reference!, ({ client }) => client),
        cell(own, reference!, ({ postgres }) => postgres),
        cell(own, reference!, ({ client, postgres }) => client + postgres),
      ]);
    }),
  );
}

if (import.meta.main) {
  const given = process.argv.slice(2).filter(argument => argument !== "--once");
  const all: readonly string[] = [...REPORTED, ...OTHERS];
  const unknown = given.find(name => !all.includes(name));
  if (unknown !== undefined)
    throw new Error(`there is no operation ${unknown}; the operations are ${all.join(", ")}`);
  const wanted = given.length > 0 ? given : all;
  const amount = AMOUNTS[process.argv.includes("--once") ? "once" : "whole"];
  const { sql, url, drop } = await testDatabase({ handle: { max: 1 } });
  try {
    await createData(sql);
    await createEntries(sql);
    for (const operation of wanted)
      console.log(perCallTable(await measurePerCall(url, amount.perCall, [operation])));
  } finally {
    await drop();
  }
  process.exit();
}
