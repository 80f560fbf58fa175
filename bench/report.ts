import { ADAPTERS, type AdapterName } from "./adapter.ts";
import type { SnapshotRow } from "./catalog-read.ts";
import type { OwnWork } from "./own-work.ts";
import type { Processes, ProcessRow } from "./processes.ts";
import type { OwnSize, SizeRow } from "./sizes.ts";

export interface TimedRow {
  readonly title: string;
  readonly rounds: number;
  /** Milliseconds a call by hand. */
  readonly reference: number;
  readonly ratios: ReadonlyMap<AdapterName, number>;
  readonly note: string;
}

export interface Report {
  readonly server: string;
  readonly versions: string;
  readonly timed: readonly TimedRow[];
  readonly ownWork: readonly OwnWork[];
  readonly snapshots: readonly SnapshotRow[];
  readonly processes: Processes;
  readonly sizes: readonly SizeRow[];
  readonly own: OwnSize;
}

export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const rule = head.map((_, column) => (column === 0 ? "---" : "--:"));
  return [head, rule, ...rows].map(line).join("\n");
}

export const timeText = (milliseconds: number): string =>
  milliseconds < 1 ? `${Math.round(milliseconds * 1000)} µs` : `${milliseconds.toFixed(1)} ms`;

const LIBRARIES = ADAPTERS.slice(1);

export function timedTable(rows: readonly TimedRow[]): string {
  return markdownTable(
    ["operation", "Bun SQL", ...LIBRARIES, "rounds"],
    rows.map(({ title, reference, ratios, rounds }) => {
      const best = Math.min(...LIBRARIES.map(name => ratios.get(name) ?? Number.POSITIVE_INFINITY));
      const cells = LIBRARIES.map(name => {
        const ratio = ratios.get(name);
        if (ratio === undefined) return "";
        return ratio === best ? `**${ratio.toFixed(2)}**` : ratio.toFixed(2);
      });
      return [title, timeText(reference), ...cells, String(rounds)];
    }),
  );
}

function slower(time: number | undefined, own: number): string {
  return time === undefined ? "" : `${timeText(time)}, ${(time / own).toFixed(1)} times`;
}

function snapshotTable(rows: readonly SnapshotRow[]): string {
  return markdownTable(
    [
      "tables",
      "catalog read by hand",
      "loadSchema",
      "ratio",
      "a table at a time",
      "the same, prepared",
      "rounds",
    ],
    rows.map(row => [
      String(row.tables),
      timeText(row.byHand),
      timeText(row.rowfn),
      row.ratio.toFixed(2),
      ...(["unprepared", "prepared"] as const).map(way => slower(row.aTableAtATime?.[way], row.rowfn)),
      String(row.rounds),
    ]),
  );
}

function processTable(processes: readonly ProcessRow[], sizes: readonly SizeRow[]): string {
  return markdownTable(
    ["", "start to first row", "ratio", "peak memory, 100,000 rows", "bundle, gzip", "installed", "packages"],
    processes.map(({ name, start, startRatio, memory }) => {
      const size = sizes.find(row => row.name === name)!;
      return [
        name === "bun-sql" ? "Bun SQL" : name,
        timeText(start),
        startRatio.toFixed(2),
        `${memory.toFixed(0)} MB`,
        `${size.bundle.toFixed(1)} kB`,
        `${size.installed.toFixed(1)} MB`,
        String(size.packages),
      ];
    }),
  );
}

function ownSizeText({ alone, withValibot, imported }: OwnSize): string {
  return `A server that reads and writes rows, pages and runs transactions bundles ${alone.toFixed(1)} kB of rowfn's own code
(gzip), with valibot ${withValibot.toFixed(1)} kB. \`import "rowfn"\` takes ${timeText(imported.processor)} of processor time beyond that of \`import "valibot"\` (the whole process ${imported.ratio.toFixed(2)} times that one's).`;
}

// A ratio inside the noise of its rounds is a draw, not a defeat.
const DRAW = 1.02;

/** Which libraries were faster than rowfn, row by row. */
export function behind(rows: readonly TimedRow[]): string[] {
  return rows.flatMap(({ title, ratios, note }) => {
    const own = ratios.get("rowfn")!;
    const faster = LIBRARIES.filter(name => own > (ratios.get(name) ?? own) * DRAW);
    if (faster.length === 0) return [];
    const names = faster.map(name => `${name} (${ratios.get(name)!.toFixed(2)})`).join(", ");
    return [`- **${title}** (${own.toFixed(2)}): ${names} faster in this run. ${note}`.trim()];
  });
}

export function markdown({
  server,
  versions,
  timed,
  ownWork,
  snapshots,
  processes,
  sizes,
  own,
}: Report): string {
  const late = behind(timed);
  const notes = timed.filter(({ note }) => note !== "").map(({ title, note }) => `- **${title}**: ${note}`);
  return `# Side by side

Written by \`bun run bench\`. Every number is the median of the rounds' ratios to Bun SQL written by hand, in one run: in each
round every library does the operation once, in an order that moves on by one. 1.00 is as fast as by hand, smaller is faster,
bold is the fastest library. Before anything is timed, all must give the same rows and leave the same table, and calls of
one row have been made 12,000 times, as in a server that has run for a while. The server is the embedded one, on the same
machine, which was not idle: compare numbers of one row.

${versions}; ${server}. Pools of 4 connections, prepared statements, rowfn with validation.

![Ratios to Bun SQL written by hand](benchmarks.svg)

${timedTable(timed)}

Single-row writes give back the stored row.

${notes.join("\n")}

## Where rowfn is not the fastest library

${late.length > 0 ? late.join("\n") : "Nowhere in this run."}

## rowfn's own work

Microseconds a call of what rowfn adds to the driver, repeated in a loop, and once after a round trip to the server, when
the processor's caches hold other things.

${markdownTable(
  ["", "in a loop", "after a round trip"],
  ownWork.map(({ what, again, afterRoundTrip }) => [
    what,
    `${again.toFixed(2)} µs`,
    `${afterRoundTrip.toFixed(2)} µs`,
  ]),
)}

## Snapshot of the schema

Tables of 12 columns with a key, two indexes and a foreign key. By hand: the same facts by flat catalog queries, sent
together in one transaction, grouped in JavaScript. A table at a time, as some libraries read it: columns, keys, indexes
and foreign keys by a statement each, not prepared (as through pg) or prepared, timed once.

${snapshotTable(snapshots)}

## Processes and packages

The start is that of a whole process until it has one row, for rowfn with the snapshot read from the database; with one
stored in a file it is ${timeText(processes.stored.start)}, ${processes.stored.startRatio.toFixed(2)} times that of Bun SQL. The bundle is this benchmark's adapter with all it imports, for
rowfn with valibot.

${processTable(processes.rows, sizes)}

${ownSizeText(own)}
`;
}
