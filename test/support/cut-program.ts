// Calls each function with a connection that is rejected, closed and lost: `bun cut-program.ts <database url>`. It
// prints the calls with a wrong outcome, and must exit by itself with code 0, because every rejection was caught.
import { SQL } from "bun";
import { loadSchema, QueryError, RowfnError } from "../../src/index.ts";
import { CUT_CASES, type CutCase } from "./cut-cases.ts";
import { startCutProxy } from "./cut-proxy.ts";

const server = process.argv[2]!;
const options = { max: 2, prepare: process.env["ROWFN_PREPARE"] !== "false", connectionTimeout: 2 };
const direct = new SQL(server, options);
const schema = await loadSchema(direct);
await direct.close();

const proxy = startCutProxy(server);
const unused = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
unused.stop(true);
const rejected = new URL(server);
rejected.port = String(unused.port);

/** The possible outcomes in each situation. */
const SITUATIONS: Readonly<Record<string, { readonly url: string; readonly answered: number }>> = {
  "a rejected connection": { url: rejected.href, answered: 0 },
  "a connection that is closed at the first statement": { url: proxy.url, answered: 0 },
  "a connection that is closed at the second statement": { url: proxy.url, answered: 1 },
  "a connection that is lost between two calls": { url: proxy.url, answered: Number.POSITIVE_INFINITY },
};

// It continues to process jobs after the server is available again.
const GO_ON: readonly string[] = ["work"];

for (const [name, run] of Object.entries(CUT_CASES))
  for (const [situation, { url, answered }] of Object.entries(SITUATIONS)) {
    const problem = await problemOf(name, run, url, answered);
    if (problem !== undefined) console.log(`${name}, ${situation}: ${problem}`);
  }
proxy.stop();

async function problemOf(
  name: string,
  run: CutCase,
  url: string,
  answered: number,
): Promise<string | undefined> {
  const sql = new SQL(url, { ...options, database: new URL(server).pathname.slice(1) });
  const stop = new AbortController();
  const isLate = setTimeout(() => stop.abort(), 1_000);
  proxy.answer(answered);
  try {
    if (answered === Number.POSITIVE_INFINITY) {
      await sql`select 1`;
      proxy.cutAll();
    }
    await run(sql, schema, stop.signal);
    const mustFail = answered === 0 && !GO_ON.includes(name);
    return mustFail ? "it succeeded" : undefined;
  } catch (error) {
    return problemOfError(error);
  } finally {
    clearTimeout(isLate);
    await sql.close({ timeout: 0 });
  }
}

function problemOfError(error: unknown): string | undefined {
  if (!(error instanceof RowfnError)) return `it rejects with ${Bun.inspect(error)}`;
  const isQuery = error instanceof QueryError;
  if (isQuery && (typeof error.text !== "string" || error.text === "")) return "the error has no statement";
  if (!error.stack?.includes("cut-")) return `the stack does not lead to the caller: ${error.stack}`;
  return undefined;
}
