// `bun bench/time-per-call.ts [operation ...]`: processor time per call of the client and of PostgreSQL, of hand-written
// code and of rowfn in turns in one process. Unlike elapsed time it can be compared on a machine that does other work.
import { readdirSync, readFileSync } from "node:fs";
import { SQL } from "bun";
import { startPostgres } from "rowfn/testing";
import { type Adapter, openAdapter } from "./adapter.ts";
import { createData, createEntries, lines } from "./data.ts";
import { median, ratio } from "./measure.ts";
import { nestedInOneStatement } from "./nested-in-one-statement.ts";

type Call = () => Promise<unknown>;
type Calls = Readonly<Record<string, Call>>;

const OPERATIONS = ["row", "page", "nested", "insert", "mix", "nested-275"] as const;
const IN_FLIGHT = 16;
const WARM_UPS = 24;
const ROUNDS = 40;

const random = (count: number): number => 1 + Math.floor(Math.random() * count);
const [line] = lines(1);
let nextId = 1;

async function callsOf(adapter: Adapter): Promise<Calls> {
  const { artist, pages } = await adapter.serverReads!(200);
  const calls = {
    row: () => adapter.get(random(100_000)),
    page: () => pages[random(200) - 1]!(),
    nested: () => artist(random(275)),
    insert: () => adapter.insertOne({ ...line!, id: nextId++ }),
    "nested-275": () => adapter.nested(275),
  };
  // As in server/routes.lua.
  const mix = (): Promise<unknown> => {
    const number = random(100);
    if (number <= 60) return calls.row();
    if (number <= 80) return calls.page();
    return number <= 92 ? calls.nested() : calls.insert();
  };
  return { ...calls, mix };
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

async function compare(admin: SQL, operation: string, ways: ReadonlyMap<string, Call>): Promise<void> {
  const count = operation === "nested-275" ? IN_FLIGHT : 640;
  for (let round = 0; round < WARM_UPS; round++)
    for (const call of ways.values()) await measureBlock(call, count, []);
  const [{ postmaster }] = await admin.unsafe(
    "select split_part(pg_read_file('postmaster.pid'), E'\\n', 1) as postmaster",
  );
  const backends = backendsOf(postmaster);
  const blocks = new Map([...ways.keys()].map(way => [way, [] as Block[]]));
  for (let round = 0; round < ROUNDS; round++) {
    await admin.unsafe("truncate target");
    const turns = round % 2 === 0 ? [...ways] : [...ways].reverse();
    for (const [way, call] of turns) blocks.get(way)!.push(await measureBlock(call, count, backends));
  }
  const [reference] = blocks.values();
  console.table(
    [...blocks].map(([way, own]) => ({
      operation,
      way,
      ...figures("client", own, reference!),
      ...figures("postgres", own, reference!),
    })),
  );
}

function figures(part: keyof Block, own: readonly Block[], reference: readonly Block[]): object {
  const times = (blocks: readonly Block[]): number[] => blocks.map(block => block[part]);
  return {
    [part]: `${median(times(own)).toFixed(1)} µs`,
    [`${part} ratio`]: ratio(times(own), times(reference)).toFixed(2),
  };
}

const wanted = process.argv.length > 2 ? process.argv.slice(2) : OPERATIONS;
const server = await startPostgres();
try {
  const admin = new SQL(server.url, { max: 1 });
  await createData(admin);
  await createEntries(admin);
  const [byHand, rowfn] = [
    await callsOf(await openAdapter("bun-sql", server.url)),
    await callsOf(await openAdapter("rowfn", server.url)),
  ];
  const pool = new SQL(server.url, { max: 4 });
  for (const operation of wanted) {
    const ways = new Map([
      ["hand-written", byHand[operation]!],
      ["rowfn", rowfn[operation]!],
    ]);
    if (operation === "nested-275")
      ways.set("hand-written, one statement", () => nestedInOneStatement(pool, 275));
    await compare(admin, operation, ways);
  }
} finally {
  await server.stop();
}
process.exit();
