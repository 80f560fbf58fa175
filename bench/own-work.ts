// `bun bench/own-work.ts`: measures the microseconds that rowfn adds to a call, in a loop and once after a round trip, when
// the processor's caches hold different data. The report of `bun run bench` includes the result.
import { SQL } from "bun";
import { loadSchema, validateInsert } from "rowfn";
import { deleteRowSql, getSql, insertSql, rowsWhereSql, updateSql, upsertSql } from "rowfn/statements";
import { startPostgres } from "rowfn/testing";
import { keyStatement, knownStatement, rememberRow } from "../src/rows/known-statement.ts";
import { decodeRows } from "../src/rows/run.ts";
import { AMOUNTS, type Amount } from "./amount.ts";
import { createData, lines } from "./data.ts";
import { median } from "./measure.ts";

export interface OwnWork {
  readonly what: string;
  /** Microseconds per call. */
  readonly again: number;
  readonly afterRoundTrip: number;
}

type Work = readonly [what: string, run: (call: number) => unknown];

async function works(sql: SQL): Promise<readonly Work[]> {
  const schema = await loadSchema(sql);
  const rows = lines(20) as readonly Record<string, unknown>[];
  const row = (call: number): Record<string, unknown> => rows[call % rows.length]!;
  const target = { schema, table: "target", options: undefined };
  const changes = (call: number): Record<string, unknown> => ({ id: call, name: `line ${call}` });
  rememberRow(target, "insert", row(0), insertSql(schema, "target", row(0)));
  rememberRow(target, "update", changes(0), updateSql(schema, "target", changes(0)));
  rememberRow(target, "upsert", row(0), upsertSql(schema, "target", row(0)));
  const { text, params, output } = getSql(schema, "line", 1);
  const [stored] = (await sql.unsafe(text, [...params])) as Record<string, unknown>[];
  return [
    ["get: the statement", call => keyStatement(schema, "line", "get", call, getSql)],
    ["insert: validation and the statement", call => knownStatement(target, "insert", row(call))],
    ["update: validation and the statement", call => knownStatement(target, "update", changes(call))],
    ["upsert: validation and the statement", call => knownStatement(target, "upsert", row(call))],
    ["deleteRow: the statement", call => keyStatement(schema, "target", "deleteRow", call, deleteRowSql)],
    ["validateInsert of a row of 7 columns", call => validateInsert(schema, "target", row(call))],
    ["getSql", call => getSql(schema, "line", call)],
    [
      "rowsWhereSql",
      call =>
        rowsWhereSql<{ id: number; amount: number }>(schema, "line", {
          where: { amount: call },
          orderBy: "id",
          limit: 50,
        }),
    ],
    ["insertSql", call => insertSql(schema, "target", row(call))],
    ["updateSql", call => updateSql(schema, "target", changes(call))],
    ["upsertSql", call => upsertSql(schema, "target", row(call))],
    ["deleteRowSql", call => deleteRowSql(schema, "target", call)],
    ["decoding of a row with JSON, an array and a timestamp", () => decodeRows(output, [{ ...stored }])],
  ];
}

function again([, run]: Work, calls: number): number {
  for (let call = 0; call < calls; call++) run(call);
  const start = Bun.nanoseconds();
  for (let call = 0; call < calls; call++) run(call);
  return (Bun.nanoseconds() - start) / 1e3 / calls;
}

async function afterRoundTrip(sql: SQL, [, run]: Work, roundTrips: number): Promise<number> {
  const times: number[] = [];
  for (let call = 0; call < roundTrips; call++) {
    await sql.unsafe("select 1");
    const start = Bun.nanoseconds();
    run(call);
    times.push((Bun.nanoseconds() - start) / 1e3);
  }
  return median(times);
}

/** Needs a database with the tables of `createData`. */
export async function measureOwnWork(
  url: string,
  { calls, roundTrips }: Amount["ownWork"],
): Promise<OwnWork[]> {
  const sql = new SQL(url, { max: 1 });
  const measured: OwnWork[] = [];
  for (const work of await works(sql))
    measured.push({
      what: work[0],
      again: again(work, calls),
      afterRoundTrip: await afterRoundTrip(sql, work, roundTrips),
    });
  await sql.close({ timeout: 5 });
  return measured;
}

if (import.meta.main) {
  const server = await startPostgres();
  try {
    const admin = new SQL(server.url, { max: 1 });
    await createData(admin);
    const rows = await measureOwnWork(server.url, AMOUNTS.whole.ownWork);
    console.table(
      rows.map(({ what, ...times }) => ({
        what,
        ...Object.fromEntries(Object.entries(times).map(([name, time]) => [name, `${time.toFixed(2)} µs`])),
      })),
    );
  } finally {
    await server.stop();
  }
  process.exit();
}
