import { LIMIT } from "../exact-by-hand.ts";
import { markdownTable } from "../markdown-table.ts";
import type { RouteLoad } from "./under-load.ts";

/** Servers on the local line and on the slow one, if there is one. */
export interface Load {
  readonly local: readonly RouteLoad[];
  readonly slow: readonly RouteLoad[];
}

const LABELS: Readonly<Record<string, string>> = { "bun-sql": "Bun SQL", [LIMIT]: "limit, by hand" };

function loadTable(routes: readonly RouteLoad[]): string {
  const rows = routes.flatMap(({ route, connections, servers }) =>
    servers.map(({ name, ratio, requests, p50, p99, own, postgres, memory }, index) => [
      ...(index === 0 ? [route, String(connections)] : ["", ""]),
      LABELS[name] ?? name,
      ratio.toFixed(2),
      requests.toFixed(0),
      ...[p50, p99].map(time => `${time.toFixed(1)} ms`),
      ...[own, postgres].map(time => `${time.toFixed(0)} µs`),
      `${memory.toFixed(0)} MB`,
    ]),
  );
  const head = [
    "route",
    "connections",
    "server",
    "ratio",
    "requests/s",
    "p50",
    "p99",
    "server CPU",
    "PostgreSQL CPU",
    "memory",
  ];
  return markdownTable(head, rows);
}

/** The section of the report. */
export function loadText({ local, slow }: Load): string {
  return `## Servers under load

Equal programs of \`Bun.serve\`, one per library, each in its own process with a pool of 4, under the requests of wrk in turns
(\`bun run bench --server\` measures only this). The ratio is that of requests per second to hand-written Bun SQL: a larger number is
faster. Processor time is per request. \`row\` reads a row by key, \`page\` a keyset page of 50 of a million rows, \`nested\` an
artist with albums and tracks, \`insert\` inserts a row and \`insert-500\` 500; \`mix\` is 60 % rows, 20 % pages, 12 % nested reads and
8 % inserts. The nested read by hand is three statements, which need not see one state of the data. Each server is measured for
three seconds per route, after three that are not counted. "limit, by hand" is explained below.

${loadTable(local)}
${slow.length > 0 ? `\nOn the line of 1 ms:\n\n${loadTable(slow)}\n` : ""}`;
}
