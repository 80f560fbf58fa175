import { styleText } from "node:util";
import { type Connection, describeHandle } from "../../index.ts";
import { type Finding, ok } from "../doctor/finding.ts";
import { foreignKeyFinding } from "../doctor/foreign-key-finding.ts";
import { backendsOf, poolerFinding } from "../doctor/pooler-finding.ts";
import { schemaFindings } from "../doctor/schema-findings.ts";
import { serverFindings, sessionFacts } from "../doctor/server-findings.ts";
import { examples } from "../examples.ts";
import { FAILED } from "../failure.ts";
import { withDatabase } from "../open-database.ts";
import { writeLine } from "../output/write-text.ts";
import type { Program } from "../subcommand.ts";

/** `rowfn doctor`: what stands in the way of using the database well. */
export function doctor(program: Program): void {
  program
    .command("doctor")
    .description("look for what goes wrong with a connection, a server and its tables")
    .addHelpText("after", examples("rowfn doctor", "rowfn doctor --url postgres://app@db.example.com/shop"))
    .action((_options, command) => withDatabase(command.optsWithGlobals(), report, { max: 2 }));
}

async function report(database: Connection): Promise<void> {
  const findings = await findingsOf(database);
  if (findings.some(({ status }) => status === "problem")) process.exitCode = FAILED;
  await writeLine(findings.map(findingText).join("\n"));
}

async function findingsOf({ sql, schema }: Connection): Promise<readonly Finding[]> {
  return [
    ok("connection", describeHandle(sql)),
    ...serverFindings(await sessionFacts(sql, schema)),
    poolerFinding(await backendsOf(sql), Number(sql.options.port)),
    ...schemaFindings(schema),
    foreignKeyFinding(schema),
  ];
}

const COLOURS = { ok: "green", warning: "yellow", problem: "red" } as const;

function findingText({ subject, status, message }: Finding): string {
  const label = styleText(COLOURS[status], status.padEnd(8), { stream: process.stdout });
  return `${label} ${subject.padEnd(19)} ${message.replaceAll("\n", `\n${" ".repeat(29)}`)}`;
}
