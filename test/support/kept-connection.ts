import { connectTo } from "../../src/cli/connect-to.ts";
import type { Surroundings } from "../../src/cli/surroundings.ts";
import { type Connection, connect, loadSchema } from "../../src/index.ts";

/**
 * One connection for all commands on a database, because a new server process needs most of the time of a command to read
 * the catalog. Other databases, and other settings, have a new connection.
 */
export function keptConnection(kept: string): {
  readonly connectTo: Surroundings["connectTo"];
  readonly close: () => Promise<void>;
} {
  let opened: Promise<Connection> | undefined;
  return {
    connectTo: async (url, options, run) => {
      const { max, prepare, settings, ...load } = options;
      if (url !== kept || settings !== undefined) return connectTo(url, options, run);
      opened ??= connect(url, { max: 1, prepare: false });
      const { sql } = await opened;
      await run({ sql, schema: await loadSchema(sql, load) });
    },
    close: async () => (await opened)?.sql.close({ timeout: 5 }),
  };
}
