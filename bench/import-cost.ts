// `bun run build && bun bench/import-cost.ts`: what importing the package costs beyond importing valibot.
import { join } from "node:path";
import { median, ratio } from "./measure.ts";

export interface ImportCost {
  /** Milliseconds of processor time that a process which imports rowfn takes longer than one that imports valibot alone. */
  readonly processor: number;
  /** The same of the clock. */
  readonly elapsed: number;
  /** Processor time of the one by that of the other. */
  readonly ratio: number;
}

interface Times {
  readonly processor: number;
  readonly elapsed: number;
}

const ROOT = join(import.meta.dir, "..");
const VALIBOT = 'import "valibot"';
const ROWFN = `import ${JSON.stringify(join(ROOT, "dist/index.js"))}`;

function timesOf(code: string): Times {
  const start = Bun.nanoseconds();
  const { exitCode, resourceUsage } = Bun.spawnSync([process.execPath, "-e", code], { cwd: ROOT });
  const elapsed = (Bun.nanoseconds() - start) / 1e6;
  if (exitCode !== 0) throw new Error(`${code} failed`);
  return { processor: Number(resourceUsage.cpuTime.total) / 1000, elapsed };
}

/** The medians of the rounds' differences and ratios; in each round both are imported once, in turn. */
export function measureImport(rounds: number): ImportCost {
  const pairs = Array.from({ length: rounds + 2 }, (_, round) => {
    if (round % 2 === 0) return [timesOf(VALIBOT), timesOf(ROWFN)] as const;
    const rowfn = timesOf(ROWFN);
    return [timesOf(VALIBOT), rowfn] as const;
  }).slice(2);
  return {
    processor: median(pairs.map(([valibot, rowfn]) => rowfn.processor - valibot.processor)),
    elapsed: median(pairs.map(([valibot, rowfn]) => rowfn.elapsed - valibot.elapsed)),
    ratio: ratio(
      pairs.map(([, rowfn]) => rowfn.processor),
      pairs.map(([valibot]) => valibot.processor),
    ),
  };
}

if (import.meta.main) {
  const cost = measureImport(30);
  console.log(
    `import "rowfn" beyond import "valibot": ${cost.processor.toFixed(1)} ms of processor time, ` +
      `${cost.elapsed.toFixed(1)} ms elapsed, ${cost.ratio.toFixed(2)} times valibot's process`,
  );
}
