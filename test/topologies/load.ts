// Many clients on few server connections, which are killed: every confirmed write is stored once, and no client sees
// the row of another client.
import { SQL } from "bun";
import { UnknownOutcomeError } from "../../src/errors.ts";
import { connect, expr, get, insert, item, QueryError, transaction, updateWhere } from "../../src/index.ts";
import { startPgBouncer } from "../support/pgbouncer.ts";
import type { Servers } from "./topology.ts";

export const CLIENTS = 200;
export const CONNECTIONS = 4;
const PAUSE_MS = 200;

const TABLES = `create table sent (client int, number int, text text not null, primary key (client, number));
  create table total (client int primary key, rows int not null default 0);
  insert into total (client) select generate_series(0, ${CLIENTS - 1});`;

/** The counts of the clients at the end. */
interface Tally {
  /** Client and number of each confirmed write. */
  readonly confirmed: Set<string>;
  /** The number of writes whose outcome is unknown. */
  unknown: number;
  /** The number of rows that a client read. */
  reads: number;
  kills: number;
  /** Rows that a client did not request, missing rows and unexpected errors. */
  readonly wrong: string[];
}

type Connected = Awaited<ReturnType<typeof connect>>;

/**
 * Runs the load for some seconds.
 * @returns a description of the load, and all problems
 */
export async function runLoad(
  program: string,
  servers: Servers,
  seconds: number,
): Promise<{ readonly description: string; readonly wrong: readonly string[] }> {
  const url = await servers.database("load", TABLES);
  const pooler = await startPgBouncer(program, url, { connections: CONNECTIONS });
  const direct = new SQL(url, { max: 1 });
  const tally: Tally = { confirmed: new Set(), unknown: 0, reads: 0, kills: 0, wrong: [] };
  try {
    const connected = await connect(pooler.url, { max: CLIENTS });
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), seconds * 1_000);
    const clients = Array.from({ length: CLIENTS }, (_, client) =>
      runClient(connected, client, tally, stop.signal),
    );
    await Promise.all([...clients, killBackends(direct, tally, stop.signal)]);
    clearTimeout(timer);
    await connected.sql.close({ timeout: 0 });
    await compare(direct, tally);
  } finally {
    await direct.close({ timeout: 0 });
    await pooler.stop();
  }
  const { confirmed, unknown, reads, kills, wrong } = tally;
  const description = `${CLIENTS} clients on ${CONNECTIONS} connections for ${seconds} s: ${confirmed.size} writes confirmed, ${unknown} unknown, ${reads} reads, ${kills} connections killed`;
  return { description, wrong };
}

async function runClient(
  connected: Connected,
  client: number,
  tally: Tally,
  signal: AbortSignal,
): Promise<void> {
  for (let number = 0; !signal.aborted || number === 0; number++) {
    const isSent = await attempt(tally, () => write(connected, client, number));
    if (isSent) tally.confirmed.add(`${client} ${number}`);
    else tally.unknown++;
    await attempt(tally, () => read(connected, client, number, isSent, tally));
  }
}

/** Inserts a row and adds its number to the client's total in one transaction. */
async function write({ sql, schema }: Connected, client: number, number: number): Promise<void> {
  await transaction(sql, async tx => {
    await insert(tx, schema, "sent", { client, number, text: `${client}/${number}` });
    await updateWhere(tx, schema, "total", { rows: expr`rows + 1` }, { where: { client } });
  });
}

/** Reads whose only correct answer belongs to this client. */
async function read(
  { sql, schema }: Connected,
  client: number,
  number: number,
  isSent: boolean,
  tally: Tally,
): Promise<void> {
  const row = await get(sql, schema, "sent", { client, number });
  const text = `${client}/${number}`;
  if (row === undefined ? isSent : row["text"] !== text)
    tally.wrong.push(`${text}: read ${JSON.stringify(row)}`);
  const sum = await item(sql, schema, expr(`select $1::text::int + ${client % 9}`, [number]));
  if (sum !== number + (client % 9)) tally.wrong.push(`${text}: the sum is ${sum}`);
  tally.reads += 2;
}

/** Whether the work succeeded; errors other than those of a killed connection are problems. */
async function attempt(tally: Tally, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!isLost(error)) tally.wrong.push(String(error));
    return false;
  }
}

// PgBouncer reports a killed server connection as 08P01.
function isLost(error: unknown): boolean {
  if (error instanceof UnknownOutcomeError) return true;
  return (
    error instanceof QueryError &&
    (error.sqlstate === undefined || /^(57P01|08P01|08006|08003)$/.test(error.sqlstate))
  );
}

async function killBackends(direct: SQL, tally: Tally, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await Bun.sleep(PAUSE_MS);
    const rows = await direct`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() order by random() limit 1`;
    tally.kills += rows.length;
  }
}

/** Compares the stored rows with the confirmed writes. */
async function compare(direct: SQL, { confirmed, unknown, wrong, kills }: Tally): Promise<void> {
  const rows = await direct`select client, number, text from sent`;
  const stored = new Set(rows.map(({ client, number }: Record<string, unknown>) => `${client} ${number}`));
  for (const key of confirmed) if (!stored.has(key)) wrong.push(`${key}: confirmed, but not stored`);
  for (const { client, number, text } of rows)
    if (text !== `${client}/${number}`) wrong.push(`${client} ${number}: stored as ${text}`);
  if (rows.length > confirmed.size + unknown) wrong.push(`${rows.length} rows are more than were sent`);
  const totals = await direct`select t.client from total t left join sent s using (client)
    group by t.client, t.rows having t.rows <> count(s.client)`;
  for (const { client } of totals) wrong.push(`${client}: its total differs from its rows`);
  if (kills === 0 || confirmed.size < CLIENTS) wrong.push("there was no load");
}
