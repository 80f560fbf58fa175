import { ADAPTERS, type AdapterName } from "./adapter.ts";
import type { SnapshotRow } from "./catalog-read.ts";
import { markdownTable } from "./markdown-table.ts";
import type { OwnWork } from "./own-work.ts";
import type { ProcessRow, StartTime } from "./processes.ts";
import { type Load, loadText } from "./server/load-text.ts";
import type { OwnSize, SizeRow } from "./sizes.ts";
import { type PerCall, perCallTable } from "./time-per-call.ts";

export interface TimedRow {
  readonly title: string;
  readonly rounds: number;
  /** Milliseconds per call of the hand-written code. */
  readonly reference: number;
  readonly ratios: ReadonlyMap<AdapterName, number>;
  readonly note: string;
}

/** A row of measured calls of one kind. */
export interface CallRow {
  readonly call: string;
  readonly reference: number;
  readonly ratios: ReadonlyMap<AdapterName, number>;
  readonly limit: number;
}

export interface Report {
  readonly server: string;
  readonly versions: string;
  readonly timed: readonly TimedRow[];
  /** The same operations on a line of 1 ms; undefined without a C compiler. */
  readonly slow: readonly TimedRow[] | undefined;
  /** Servers under load; undefined without wrk. */
  readonly load: Load | undefined;
  /** Single calls in processes that do other work in between. */
  readonly amongWork: readonly CallRow[];
  readonly amongWorkRounds: number;
  /** Processor time per call. */
  readonly perCall: readonly PerCall[];
  readonly ownWork: readonly OwnWork[];
  readonly snapshots: readonly SnapshotRow[];
  readonly processes: readonly ProcessRow[];
  readonly sizes: readonly SizeRow[];
  readonly own: OwnSize;
}

export const timeText = (milliseconds: number): string =>
  milliseconds < 1 ? `${Math.round(milliseconds * 1000)} µs` : `${milliseconds.toFixed(1)} ms`;

const LIBRARIES = ADAPTERS.slice(1);

export function timedTable(rows: readonly TimedRow[]): string {
  return markdownTable(
    ["operation", "Bun SQL", ...LIBRARIES, "rounds"],
    rows.map(({ title, reference, ratios, rounds }) => [
      title,
      timeText(reference),
      ...ratioCells(ratios),
      String(rounds),
    ]),
  );
}

/** The ratios of the libraries, of which the fastest is bold. */
function ratioCells(ratios: ReadonlyMap<AdapterName, number>): readonly string[] {
  const best = Math.min(...LIBRARIES.map(name => ratios.get(name) ?? Number.POSITIVE_INFINITY));
  return LIBRARIES.map(name => {
    const ratio = ratios.get(name);
    if (ratio === undefined) return "";
    return ratio === best ? `**${ratio.toFixed(2)}**` : ratio.toFixed(2);
  });
}

/** The table of single calls among other work. */
export function amongWorkTable(rows: readonly CallRow[], rounds: number): string {
  return markdownTable(
    ["operation", "Bun SQL", "limit, by hand", ...LIBRARIES, "rounds"],
    rows.map(({ call, reference, ratios, limit }) => [
      call,
      timeText(reference),
      limit.toFixed(2),
      ...ratioCells(ratios),
      String(rounds),
    ]),
  );
}

function comparisonText(time: number | undefined, own: number): string {
  return time === undefined ? "" : `${timeText(time)}, ${(time / own).toFixed(1)} times`;
}

function snapshotTable(rows: readonly SnapshotRow[]): string {
  return markdownTable(
    [
      "tables",
      "hand-written",
      "loadSchema",
      "ratio",
      "per table, unprepared",
      "per table, prepared",
      "rounds",
    ],
    rows.map(row => [
      String(row.tables),
      timeText(row.handWritten),
      timeText(row.rowfn),
      row.ratio.toFixed(2),
      ...(["unprepared", "prepared"] as const).map(way => comparisonText(row.perTable?.[way], row.rowfn)),
      String(row.rounds),
    ]),
  );
}

const START_HEAD = ["start to first row", "with bytecode"];

function startCells({ name, isStored, start }: ProcessRow): readonly string[] {
  const cell = ({ time, ratio }: StartTime): string => `${timeText(time)} (${ratio.toFixed(2)})`;
  const label = name === "bun-sql" ? "Bun SQL" : name;
  return [isStored ? `${label}, stored snapshot` : label, cell(start.packages), cell(start.bytecode)];
}

/** Only the starts of processes. */
export function startTable(processes: readonly ProcessRow[]): string {
  return markdownTable(["", ...START_HEAD], processes.map(startCells));
}

function processTable(processes: readonly ProcessRow[], sizes: readonly SizeRow[]): string {
  return markdownTable(
    ["", ...START_HEAD, "peak memory, 100,000 rows", "bundle, gzip", "installed", "packages"],
    processes.map(row => {
      if (row.memory === undefined) return [...startCells(row), "", "", "", ""];
      const size = sizes.find(({ name }) => name === row.name)!;
      return [
        ...startCells(row),
        `${row.memory.toFixed(0)} MB`,
        `${size.bundle.toFixed(1)} kB`,
        `${size.installed.toFixed(1)} MB`,
        String(size.packages),
      ];
    }),
  );
}

function ownSizeText({ alone, withValibot, imported }: OwnSize): string {
  return `The bundle of a server that reads, writes and pages rows and runs transactions contains ${alone.toFixed(1)} kB of rowfn's code (gzip), or
${withValibot.toFixed(1)} kB including Valibot. \`import "rowfn"\` takes ${timeText(imported.processor)} more processor time than \`import "valibot"\`; the whole process
takes ${imported.ratio.toFixed(2)} times as long.`;
}

// A smaller difference is noise.
const MIN_DIFFERENCE = 1.02;

/** One line per operation in which a library was faster than rowfn. */
export function slowerOperations(rows: readonly TimedRow[]): string[] {
  return rows.flatMap(({ title, ratios, note }) => {
    const own = ratios.get("rowfn")!;
    const faster = LIBRARIES.filter(name => own > (ratios.get(name) ?? own) * MIN_DIFFERENCE);
    if (faster.length === 0) return [];
    const names = faster.map(name => `${name} (${ratios.get(name)!.toFixed(2)})`).join(" and ");
    return [
      `- **${title}** (${own.toFixed(2)}): ${names} ${faster.length === 1 ? "was" : "were"} faster. ${note}`.trim(),
    ];
  });
}

function slowLineText(rows: readonly TimedRow[]): string {
  return `## On a line of 1 ms

The same operations through a proxy that adds 1 ms to each round trip, as to a server in the next zone. It holds the data
for half of the time in each direction. Here the number of [round trips](round-trips.md) decides. Nested reads use each
library's own way.

${timedTable(rows)}
`;
}

export function markdown({
  server,
  versions,
  timed,
  slow,
  load,
  amongWork,
  amongWorkRounds,
  perCall,
  ownWork,
  snapshots,
  processes,
  sizes,
  own,
}: Report): string {
  const slower = slowerOperations(timed);
  const notes = timed.filter(({ note }) => note !== "").map(({ title, note }) => `- **${title}**: ${note}`);
  return `# Benchmarks

Generated by \`bun run bench\`. Every ratio is relative to hand-written Bun SQL: 1.00 is equally fast, a smaller number is
faster, and the fastest library is bold. A ratio is the median of all rounds of one run. In each round every library runs
the operation once, and each round starts with the next library. Before the measurement, all libraries must return the same
rows and leave the same table, and calls for one row are made 12,000 times, as in a server that has been running for a
while. The embedded server runs on the same machine, which was not idle, so compare numbers only within a row.

${versions}; ${server}. Pools of 4 connections, prepared statements, rowfn with validation.

![Time of each operation relative to hand-written Bun SQL](benchmarks.svg)

${timedTable(timed)}

Single-row writes return the stored row.

${notes.join("\n")}

## Where rowfn is not the fastest library

${slower.length > 0 ? slower.join("\n") : "No library was more than 2 % faster than rowfn in any operation; a smaller difference is noise."}

${[slow && slowLineText(slow), load && loadText(load)].flatMap(text => (text ? [`${text}\n`] : [])).join("\n")}
## Calls among other work

The table above is of a process that does nothing else. Here each library has a process that makes a single call now and
then, after 2,000 calls of each kind, and for some milliseconds in between sorts, prints and parses other data, as most
servers do. "limit, by hand" is explained below.

${amongWorkTable(amongWork, amongWorkRounds)}

## Processor time per call

Processor time of the client and of PostgreSQL per call, with 16 calls at a time, which depends less on the machine's other
work than elapsed time; in parentheses the ratio to the hand-written code of the tables above. The code of the row
"limit, by hand" sends rowfn's statements by hand: parameters as text with the name of their type, so that no cached
statement depends on an earlier definition of the type, and JSON as text, because the driver's parser rounds large numbers.
It validates nothing and has no options, so it is the limit of what rowfn can reach. \`fetch\` reads 10,000 rows with arrays,
JSON and times. \`bun bench/time-per-call.ts\` measures only this.

${perCallTable(perCall)}

## rowfn's own work

Microseconds per call that rowfn adds to the driver: repeated in a loop, and once after a round trip to the server, when the
processor's caches hold different data. The first five rows are the whole work before a call without options is sent, from
the second call for a table on; the functions of \`rowfn/statements\` build each statement from its clauses.

${markdownTable(
  ["", "in a loop", "after a round trip"],
  ownWork.map(({ what, again, afterRoundTrip }) => [
    what,
    `${again.toFixed(2)} µs`,
    `${afterRoundTrip.toFixed(2)} µs`,
  ]),
)}

## Reading the snapshot

Each table has 12 columns, a primary key, two indexes and a foreign key. The hand-written code reads the same facts by flat
catalog queries, sent together in one transaction, and groups them in JavaScript. The columns "per table" show how some
libraries read the catalog: one statement each for the columns, keys, indexes and foreign keys of a table, unprepared (as
with pg) or prepared, timed once.

${snapshotTable(snapshots)}

## Processes and packages

The start is the time of a whole process until it has read one row, in parentheses divided by that of Bun SQL: with the
packages as they are published, and as one bundle with bytecode (\`bun build --bytecode\`), as [Deploying](deploying.md) says.
rowfn reads its snapshot from the database, or from a file. Without bytecode Bun parses the code of a package at every start,
which for rowfn is most of the difference. The bundle is the benchmark's adapter with all imports, for rowfn including Valibot.
\`bun run bench --start\` measures only the starts.

${processTable(processes, sizes)}

${ownSizeText(own)}
`;
}
