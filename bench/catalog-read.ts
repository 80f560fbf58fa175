// The snapshot against the same facts read by hand, and against what libraries read a table at a time.
import type { SQL } from "bun";
import { loadSchema } from "rowfn";
import { readByHand } from "./catalog-by-hand.ts";
import { readByTable } from "./catalog-by-table.ts";
import { makeTables } from "./many-tables.ts";
import { median, ratio } from "./measure.ts";

export interface SnapshotRow {
  readonly tables: number;
  readonly rounds: number;
  readonly byHand: number;
  readonly rowfn: number;
  readonly ratio: number;
  /** Milliseconds of one round, of 300 tables: more take too long. */
  readonly aTableAtATime: { readonly unprepared: number; readonly prepared: number } | undefined;
}

async function milliseconds(run: () => Promise<unknown>): Promise<number> {
  Bun.gc(true);
  const start = Bun.nanoseconds();
  await run();
  return (Bun.nanoseconds() - start) / 1e6;
}

export async function measureSnapshot(sql: SQL, tables: number, rounds: number): Promise<SnapshotRow> {
  await makeTables(sql, tables);
  await sql.unsafe("analyze");
  const ways = [() => readByHand(sql), () => loadSchema(sql)];
  const times: [number[], number[]] = [[], []];
  for (let round = -2; round < rounds; round++) {
    for (const way of round % 2 ? [0, 1] : [1, 0]) {
      const time = await milliseconds(ways[way]!);
      if (round >= 0) times[way]!.push(time);
    }
  }
  return {
    tables,
    rounds,
    byHand: median(times[0]),
    rowfn: median(times[1]),
    ratio: ratio(times[1], times[0]),
    aTableAtATime:
      tables > 300
        ? undefined
        : {
            unprepared: await milliseconds(() => readByTable(sql, false)),
            prepared: await milliseconds(() => readByTable(sql, true)),
          },
  };
}
