// A fresh process for one adapter: `first <adapter file> <url> [stored snapshot]` reads one row, `memory` holds 100,000. The last line is
// what it measured.
import { existsSync, readFileSync } from "node:fs";
import type { Adapter } from "./adapter.ts";

const [what, file, url, stored] = process.argv.slice(2);
const { open } = (await import(file!)) as { open: (url: string, stored?: string) => Promise<Adapter> };
const adapter = await open(url!, stored);
if (what === "first") {
  await adapter.get(1);
  console.log("done");
} else {
  const rows = await adapter.fetch("line", 100_000);
  if (rows.length !== 100_000) throw new Error("rows are missing");
  console.log(peakMemory());
}
process.exit(0);

/** Kilobytes at most. On Linux that of this program alone: `maxRSS` begins with what the process was before. */
function peakMemory(): number {
  const status = "/proc/self/status";
  if (!existsSync(status)) return process.resourceUsage().maxRSS;
  return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(status, "utf8"))![1]);
}
