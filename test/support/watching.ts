import { expect } from "bun:test";
import type { SQL } from "bun";
import type { SchemaSnapshot } from "../../src/index.ts";
import { type Change, watch } from "../../src/queues/index.ts";
import { eventually } from "./eventually.ts";

type Row = Record<string, unknown>;

/** The changes and gaps that a running `watch` has reported. */
export interface Watching {
  readonly got: Change<Row>[];
  readonly gaps: string[];
  readonly stop: () => Promise<void>;
}

/** Starts `watch` and returns when it listens. */
export async function watching(
  sql: SQL,
  schema: SchemaSnapshot,
  table: string,
  where?: Row,
): Promise<Watching> {
  const got: Change<Row>[] = [];
  const gaps: string[] = [];
  const end = new AbortController();
  const listening = Promise.withResolvers<void>();
  const options = {
    signal: end.signal,
    onGap: (why: string) => gaps.push(why),
    onListen: listening.resolve,
    ...(where && { where }),
  };
  const loop = (async () => {
    for await (const change of watch(sql, schema, table, options)) got.push(change);
  })();
  await listening.promise;
  const stop = async (): Promise<void> => {
    end.abort();
    await loop;
    await eventually(async () => {
      const rows =
        await sql`select from pg_stat_activity where datname = current_database() and query ilike 'LISTEN%'`;
      expect(rows).toHaveLength(0);
    });
  };
  return { got, gaps, stop };
}
