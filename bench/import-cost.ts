// `bun run build && bun bench/import-cost.ts`: measures the cost of importing the package, compared with importing Valibot.
import { join } from "node:path";
import { AMOUNTS, type Amount } from "./amount.ts";
import { median, ratio } from "./measure.ts";

export interface ImportCost {
  /** Additional milliseconds of processor time of a process that imports rowfn instead of Valibot. */
  readonly processor: number;
  /** Additional milliseconds of elapsed time. */
  readonly elapsed: number;
  /** The processor time with rowfn divided by the processor time with Valibot. */
  readonly ratio: number;
}

interface Times {
  readonly processor: number;
  readonly elapsed: number;
}

const ROOT = join(import.meta.dir, "..");
const VALIBOT = 'import "valibot"';

function timesOf(code: string): Times {
  const start = Bun.nanoseconds();
  const { exitCode, resourceUsage } = Bun.spawnSync([process.execPath, "-e", code], { cwd: ROOT });
  const elapsed = (Bun.nanoseconds() - start) / 1e6;
  if (exitCode !== 0) throw new Error(`${code} failed`);
  return { processor: Number(resourceUsage.cpuTime.total) / 1000, elapsed };
}

/** Imports the package in `dist`. Returns the medians of all rounds. In each round both are imported once, in alternating order. */
export function measureImport(
  dist: string,
  { importRounds: rounds, importWarmUps: warmUps }: Pick<Amount, "importRounds" | "importWarmUps">,
): ImportCost {
  const own = `import ${JSON.stringify(join(dist, "index.js"))}`;
  const pairs = Array.from({ length: rounds + warmUps }, (_, round) => {
    if (round % 2 === 0) return [timesOf(VALIBOT), timesOf(own)] as const;
    const rowfn = timesOf(own);
    return [timesOf(VALIBOT), rowfn] as const;
  }).slice(warmUps);
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
  const cost = measureImport(join(ROOT, "dist"), AMOUNTS.whole);
  console.log(
    `import "rowfn" compared with import "valibot": ${cost.processor.toFixed(1)} ms more processor time, ` +
      `${cost.elapsed.toFixed(1)} ms more elapsed time, ${cost.ratio.toFixed(2)} times as much in total`,
  );
}
