import type { SqlHandle } from "../../driver/handle.ts";
import { type Connection, describeHandle } from "../../index.ts";
import { hasPooler } from "../../schema/pooler.ts";
import { distributionFindings } from "../doctor/distribution-findings.ts";
import { type Finding, ok } from "../doctor/finding.ts";
import { poolerFinding, readBackends } from "../doctor/pooler-finding.ts";
import { schemaFindings } from "../doctor/schema-findings.ts";
import { scopeFindings } from "../doctor/scope-findings.ts";
import { readServerFacts, serverFindings } from "../doctor/server-findings.ts";
import { ReportedFailure } from "../failure.ts";
import { withDatabase } from "../open-database.ts";
import { writeLine } from "../output/output-file.ts";
import { examples, type Program } from "../subcommand.ts";
import { styled, surroundings } from "../surroundings.ts";

/** `rowfn doctor`: checks the database for common problems. */
export function doctor(program: Program): void {
  program
    .command("doctor")
    .description("check the connection, the server and the tables for common problems")
    .option("--scope <column>", "also foreign keys and unique keys without this column of a scope")
    .option("--distribute <column>", "also keys that a cluster rejects if this column distributes the tables")
    .addHelpText("after", examples("rowfn doctor", "rowfn doctor --scope tenant_id"))
    .action((options: DoctorOptions, command) =>
      withDatabase(command.optsWithGlobals(), database => report(database, options), {
        max: 2,
        settings: "any",
      }),
    );
}

interface DoctorOptions {
  readonly scope?: string;
  readonly distribute?: string;
}

async function report(database: Connection, { scope, distribute }: DoctorOptions): Promise<void> {
  const { schema } = database;
  const scoped = scope === undefined ? [] : scopeFindings(schema, scope);
  const distributed = distributionFindings(schema, distribute);
  const findings = [...(await findingsOf(database)), ...scoped, ...distributed];
  await writeLine(findings.map(findingText).join("\n"));
  if (findings.some(({ status }) => status === "problem")) throw new ReportedFailure();
}

async function findingsOf({ sql, schema }: Connection): Promise<readonly Finding[]> {
  const facts = await readServerFacts(sql, schema);
  return [
    ok("connection", describeHandle(sql)),
    ...serverFindings(facts),
    poolerFinding(await readBackends(sql), hasPooler(sql as unknown as SqlHandle)),
    ...schemaFindings(schema, facts),
  ];
}

const COLORS = { ok: "green", warning: "yellow", problem: "red" } as const;

function findingText({ subject, status, message }: Finding): string {
  const label = styled(surroundings().output, COLORS[status], status.padEnd(8));
  return `${label} ${subject.padEnd(19)} ${message.replaceAll("\n", `\n${" ".repeat(29)}`)}`;
}
