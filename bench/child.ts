// A fresh process for one adapter: `first <adapter file> <url>` reads one row, `memory` holds 100,000. The last line is
// what it measured.
import type { Adapter } from "./adapter.ts";

const [what, file, url] = process.argv.slice(2);
const { open } = (await import(file!)) as { open: (url: string) => Promise<Adapter> };
const adapter = await open(url!);
if (what === "first") {
  await adapter.get(1);
  console.log("done");
} else {
  const rows = await adapter.fetch("line", 100_000);
  if (rows.length !== 100_000) throw new Error("rows are missing");
  console.log(await peakMemory());
}
process.exit(0);

/** Kilobytes at most. On Linux that of this program alone: `maxRSS` begins with what the process was before. */
async function peakMemory(): Promise<number> {
  const status = Bun.file("/proc/self/status");
  const peak = (await status.exists()) ? /^VmHWM:\s+(\d+)/m.exec(await status.text()) : null;
  return peak === null ? process.resourceUsage().maxRSS : Number(peak[1]);
}
