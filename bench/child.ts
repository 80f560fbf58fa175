// Runs one adapter in its own process: `first <adapter file> <url> [stored snapshot]` reads one row, `memory` reads all
// rows. The last line of the output is the measured value.
import { existsSync, readFileSync } from "node:fs";
import type { Adapter } from "./adapter.ts";
import { ROWS } from "./data.ts";

const [what, file, url, stored] = process.argv.slice(2);
const { open } = (await import(file!)) as { open: (url: string, stored?: string) => Promise<Adapter> };
const adapter = await open(url!, stored);
if (what === "first") {
  await adapter.get(1);
  console.log("done");
} else {
  const rows = await adapter.fetch("line", ROWS);
  if (rows.length !== ROWS) throw new Error("rows are missing");
  console.log(peakMemory());
}
process.exit(0);

/**
 * The peak memory in kilobytes. On Linux only that of this program, because `maxRSS` includes the process before
 * `exec`.
 */
function peakMemory(): number {
  const status = "/proc/self/status";
  if (!existsSync(status)) return process.resourceUsage().maxRSS;
  return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(status, "utf8"))![1]);
}
