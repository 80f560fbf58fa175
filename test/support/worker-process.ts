// A worker that the test terminates from outside: `bun worker-process.ts <database url>`.
import { SQL } from "bun";
import { insert, loadSchema } from "../../src/index.ts";
import { work } from "../../src/queues/index.ts";

const sql = new SQL(process.argv[2]!, { max: 3, prepare: process.env["ROWFN_PREPARE"] !== "false" });
const schema = await loadSchema(sql);
const stop = new AbortController();
process.once("SIGTERM", () => stop.abort());
console.log("ready");
await work(
  sql,
  schema,
  "job",
  (job, tx) => insert(tx, schema, "handled", { job: job["id"] as number, worker: process.pid }),
  { concurrency: 2, signal: stop.signal },
);
await sql.close({ timeout: 5 });
