import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SQL } from "bun";
import type { AdapterName } from "../adapter.ts";
import { ROWS } from "../data.ts";
import { LIMIT } from "../exact-by-hand.ts";
import { median, ratio } from "../measure.ts";
import { processorTime } from "../processor-time.ts";

type ServerName = AdapterName | typeof LIMIT;

/** The servers that are compared. The first is the reference. */
export const SERVERS: readonly ServerName[] = ["bun-sql", LIMIT, "rowfn", "drizzle", "kysely"];

const ROUTES = ["row", "page", "nested", "insert", "insert-500", "mix"] as const;
type Route = (typeof ROUTES)[number];
const LIMIT_ROUTES: readonly Route[] = ["row", "page", "insert"];

/** Means over the rounds of one server. */
export interface ServerLoad {
  readonly name: ServerName;
  /** Requests per second, relative to the reference: higher is faster. */
  readonly ratio: number;
  readonly requests: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of processor time per request: of the server and of PostgreSQL. */
  readonly own: number;
  readonly postgres: number;
  /** Megabytes of the server's memory after its last round. */
  readonly memory: number;
}

export interface RouteLoad {
  readonly route: Route;
  readonly connections: number;
  readonly servers: readonly ServerLoad[];
}

export interface LoadOptions {
  readonly connections: readonly number[];
  readonly rounds: number;
  /** Rounds that are not counted. */
  readonly warmUps: number;
  readonly seconds: number;
  /** The number of responses after which wrk sends nothing more. Default: as many as in the seconds. */
  readonly requests?: number;
}

interface Server {
  readonly name: ServerName;
  readonly url: string;
  readonly pid: number;
  readonly stop: () => Promise<unknown>;
}

interface Sample {
  readonly requests: number;
  readonly p50: number;
  readonly p99: number;
  readonly own: number;
  readonly postgres: number;
}

/** Whether wrk, which sends the requests, is installed. */
export function hasWrk(): boolean {
  return Bun.which("wrk") !== null;
}

/**
 * Measures servers in turn, each in its own process, with wrk. `url` is the address of the database for the servers.
 */
export async function measureServers(admin: SQL, url: string, options: LoadOptions): Promise<RouteLoad[]> {
  const servers: Server[] = [];
  try {
    for (const name of SERVERS) servers.push(await startServer(name, url));
    const loads: RouteLoad[] = [];
    for (const route of ROUTES)
      for (const connections of route === "insert-500"
        ? options.connections.slice(0, 1)
        : options.connections)
        loads.push(await measureRoute(admin, servers, { route, connections }, options));
    return loads;
  } finally {
    for (const { stop } of servers) await stop();
  }
}

async function startServer(name: ServerName, url: string): Promise<Server> {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "serve.ts"), name, url], {
    stdout: "pipe",
    stderr: "inherit",
  });
  const { value } = await child.stdout.getReader().read();
  const address = new TextDecoder().decode(value).trim();
  if (address === "") throw new Error(`the server of ${name} did not start`);
  const stop = (): Promise<unknown> => {
    child.kill();
    return child.exited;
  };
  return { name, url: address, pid: child.pid, stop };
}

interface Load {
  readonly route: Route;
  readonly connections: number;
}

async function measureRoute(
  admin: SQL,
  all: readonly Server[],
  load: Load,
  options: LoadOptions,
): Promise<RouteLoad> {
  const { rounds, warmUps } = options;
  const servers = all.filter(({ name }) => name !== LIMIT || LIMIT_ROUTES.includes(load.route));
  const samples = new Map<ServerName, Sample[]>(SERVERS.map(name => [name, []]));
  for (let round = -warmUps; round < rounds; round++)
    for (let turn = 0; turn < servers.length; turn++) {
      const server = servers[(turn + round + warmUps) % servers.length]!;
      await admin.unsafe("truncate target");
      const sample = await measureOnce(admin, server, load, options);
      if (round >= 0) samples.get(server.name)!.push(sample);
    }
  const reference = samples.get(SERVERS[0]!)!.map(({ requests }) => requests);
  const rows = servers.map(({ name, pid }) => {
    const own = samples.get(name)!;
    const middle = (key: keyof Sample): number => median(own.map(sample => sample[key]));
    return {
      ...{ name, requests: middle("requests"), p50: middle("p50"), p99: middle("p99") },
      ...{ own: middle("own"), postgres: middle("postgres"), memory: memoryOf(pid) },
      ratio: ratio(
        own.map(({ requests }) => requests),
        reference,
      ),
    };
  });
  return { ...load, servers: rows };
}

async function measureOnce(
  admin: SQL,
  { name, url, pid }: Server,
  { route, connections }: Load,
  { seconds, requests: limit }: LoadOptions,
): Promise<Sample> {
  const [{ postmaster }] = await admin.unsafe(
    "select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int as postmaster",
  );
  const before = { own: processorTime(pid), postgres: childrenTime(postmaster) };
  const script = join(import.meta.dir, "routes.lua");
  const wrk = Bun.spawn(
    ["wrk", "-t", "1", "-c", String(connections), "-d", `${seconds}s`, "-s", script, url],
    {
      env: {
        ...process.env,
        ROUTE: route,
        ROWS: String(ROWS),
        ...(limit !== undefined && { RESPONSES: String(limit) }),
      },
      stdout: "pipe",
      stderr: "inherit",
    },
  );
  const output = await wrk.stdout.text();
  await untilAnswered(url);
  const [, requests, duration, p50, p99, failed] =
    /RESULT (\d+) (\d+) (\d+) (\d+) (\d+)/.exec(output)?.map(Number) ?? [];
  if (requests === undefined || failed !== 0) throw new Error(`${name}, ${route}: ${output}`);
  const spent = (now: number, then: number): number => ((now - then) * 1e6) / requests;
  return {
    requests: requests / (duration! / 1e6),
    ...{ p50: p50! / 1_000, p99: p99! / 1_000 },
    own: spent(processorTime(pid), before.own),
    postgres: spent(childrenTime(postmaster), before.postgres),
  };
}

/** Waits until the server has answered the requests that wrk no longer waits for. */
async function untilAnswered(url: string): Promise<void> {
  while (Number(await (await fetch(`${url}/open`)).text()) > 0) await Bun.sleep(20);
}

function childrenTime(parent: number): number {
  try {
    return readdirSync("/proc")
      .filter(name => /^\d+$/.test(name))
      .filter(name => parentOf(name) === parent)
      .reduce((sum, name) => sum + processorTime(Number(name)), 0);
  } catch {
    return 0;
  }
}

function parentOf(pid: string): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ")[1]);
  } catch {
    return undefined;
  }
}

function memoryOf(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) / 1024;
  } catch {
    return Number.NaN;
  }
}
