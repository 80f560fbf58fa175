import { CHECKS } from "./checks.ts";
import { CLIENTS, CONNECTIONS } from "./load.ts";
import { expectedError, leftOutReason } from "./run-checks.ts";
import { TOPOLOGIES } from "./topologies.ts";
import type { Check, Topology } from "./topology.ts";

/** The file with the table of results. */
export const DOCUMENT: string = new URL("../../docs/topologies.md", import.meta.url).pathname;

const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/** The table of results in Markdown, if every check has the outcome that the source states. */
export function document(): string {
  const errors = [
    ...new Set(
      Object.values(CHECKS)
        .flat()
        .flatMap(check => TOPOLOGIES.map(topology => reasonOf(check, topology)))
        .filter(reason => reason !== undefined),
    ),
  ];
  const cell = (check: Check, column: number): string => {
    const error = reasonOf(check, TOPOLOGIES[column]!);
    return error === undefined ? "✓" : LETTERS[errors.indexOf(error)]!;
  };
  const numbers = TOPOLOGIES.map((_, index) => String(index + 1));
  const table = (checks: readonly Check[]): string =>
    rowsOf([
      ["check", ...numbers],
      ["---", ...numbers.map(() => ":-:")],
      ...checks.map(check => [check.name, ...numbers.map((_, column) => cell(check, column))]),
    ]);
  return `# Topologies

\`bun run test:topologies\` runs each check of these tables on each way from a program to its rows, and writes this page. A
check compares the result of rowfn with the expected one, and reads stored rows by plain SQL.

${rowsOf([["", "topology", "description"], ["---", "---", "---"], ...TOPOLOGIES.map(({ id, description }, index) => [numbers[index]!, id, description])])}

Through PgBouncer in transaction mode without \`max_prepared_statements\`, \`connect\` rejects \`prepare: true\`.

Servers are PostgreSQL 18, except for pg_partman, which runs on 15. After the checks ${CLIENTS} clients share ${CONNECTIONS} connections of the
server through PgBouncer in transaction mode for a minute, while connections are killed: every write that was confirmed is stored once, and
no client reads the row of another one.

In topologies 12 and 13 only \`item\` is partitioned. The checks that use a table of their own, such as \`upsertMany\` of 2,500 rows,
show there only that the server is an ordinary one. [Replicas](replicas.md) describes a handle of several servers, which has tests
of its own; [Poolers](poolers.md) says how to connect.

✓ means that the result is right. Otherwise a letter stands for the error, or for the reason why the check does not run:

${rowsOf([["", "error or reason"], ["---", "---"], ...errors.map((error, index) => [LETTERS[index]!, error])])}

${Object.entries(CHECKS)
  .map(([heading, checks]) => `## ${heading}\n\n${table(checks)}`)
  .join("\n\n")}
`;
}

/** The error of a check on a topology, or the reason why it does not run. */
function reasonOf(check: Check, topology: Topology): string | undefined {
  return expectedError(check, topology) ?? leftOutReason(check, topology);
}

/** Rows of cells as an aligned table; the second row contains the alignments. */
function rowsOf(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(3, ...rows.map(row => row[column]!.length)));
  return rows
    .map((row, index) => {
      const cells = row.map((text, column) => {
        const width = widths[column]!;
        if (rows[1]![column] === "---") return index === 1 ? "-".repeat(width) : text.padEnd(width);
        const left = Math.floor((width - text.length) / 2);
        return text.padStart(text.length + left).padEnd(width);
      });
      return `| ${cells.join(" | ")} |`;
    })
    .join("\n");
}
