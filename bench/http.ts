// `bun bench/http.ts [rounds] [requests per round]`: requests per second of two routes: hand-written on Bun SQL, with the functions of
// `rowfn/http`, with `crud`, and with Hono and Drizzle. Each server runs in its own process. Short rounds alternate
// between the servers, in turn from the first to the last and back, so that other load on the machine affects all of
// them equally. The processor time of the servers is affected least.
import { join } from "node:path";
import { testDatabase } from "rowfn/testing";
import { processorTime } from "./processor-time.ts";

const ROUNDS = Number(process.argv[2] ?? 60);
const REQUESTS = Number(process.argv[3] ?? 400);
/** Rounds until the code is compiled, which takes about 12,000 calls; none before a single round, whose times have no meaning. */
const WARM_UP = Math.min(40, ROUNDS - 1);
const CONCURRENCY = 16;
const SERVERS = ["by-hand", "functions", "crud", "hono-drizzle"] as const;
const ROUTES = ["/track/1", "/track?genre_id=1&limit=50"] as const;

const TABLE = `create table track (track_id int primary key, name text not null, album_id int not null, genre_id int,
    composer text, milliseconds int not null check (milliseconds > 0), bytes bigint, unit_price numeric(10, 2) not null);
  insert into track select n, 'Track ' || n, n / 12 + 1, n % 25 + 1, nullif('Composer ' || n % 9, 'Composer 0'),
    180000 + n, n * 1000, 0.99 from generate_series(1, 3500) n;
  create index on track (genre_id);
  analyze track`;

interface Server {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
  readonly stop: () => void;
}

async function startServer(name: string, databaseUrl: string): Promise<Server> {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "http", `${name}.ts`)], {
    env: { ...process.env, DATABASE_URL: databaseUrl },
    stdout: "pipe",
    stderr: "inherit",
  });
  const { value } = await child.stdout.getReader().read();
  const url = new TextDecoder().decode(value).trim();
  if (url === "") throw new Error(`${name} did not start`);
  return { name, url, pid: child.pid, stop: () => child.kill() };
}

/** Requests per second. */
async function measure(url: string): Promise<number> {
  let open = REQUESTS;
  const client = async (): Promise<void> => {
    while (open-- > 0) {
      const response = await fetch(url);
      if (response.status !== 200) throw new Error(`${url}: ${response.status}`);
      await response.arrayBuffer();
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: CONCURRENCY }, client));
  return (REQUESTS / (performance.now() - start)) * 1000;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

async function compare(servers: readonly Server[], route: string): Promise<void> {
  const rates = new Map<string, number[]>(servers.map(({ name }) => [name, []]));
  for (let round = 0; round < WARM_UP; round++) for (const { url } of servers) await measure(url + route);
  const before = servers.map(({ pid }) => processorTime(pid));
  for (let round = 0; round < ROUNDS; round++)
    for (const { name, url } of round % 2 === 0 ? servers : servers.toReversed())
      rates.get(name)!.push(await measure(url + route));
  const spent = servers.map(({ pid }, index) => processorTime(pid) - before[index]!);
  console.log(`GET ${route}`);
  const reference = rates.get(SERVERS[0])!;
  for (const [index, [name, own]] of [...rates].entries()) {
    const time = median(own.map((rate, round) => reference[round]! / rate));
    const work = (spent[index]! * 1e6) / (ROUNDS * REQUESTS);
    console.log(
      `  ${name.padEnd(14)} ${Math.round(median(own))}/s, time relative to by-hand ${time.toFixed(2)}; processor time`,
      `${work.toFixed(1)} µs per request, ${(spent[index]! / spent[0]!).toFixed(2)}`,
    );
  }
}

const database = await testDatabase({ template: TABLE });
const servers: Server[] = [];
try {
  for (const name of SERVERS) servers.push(await startServer(name, database.url));
  for (const route of ROUTES) await compare(servers, route);
} finally {
  for (const { stop } of servers) stop();
  await database.drop();
}
