import { SQL } from "bun";
import { connect } from "../../src/index.ts";
import type { ConnectOptions } from "../../src/schema/connect.ts";
import type { Opened } from "./topology.ts";

/**
 * Connects to a URL.
 * @param direct the URL of the server that stores the rows
 */
export async function open(
  url: string,
  direct: string,
  options: ConnectOptions = {},
  stop: () => Promise<void> = async () => {},
): Promise<Opened> {
  try {
    const { sql, schema } = await connect(url, { max: 5, ...options });
    const own = new SQL(direct, { max: 2 });
    const close = async (): Promise<void> => {
      await Promise.all([sql.close({ timeout: 0 }), own.close({ timeout: 0 })]);
      await stop();
    };
    return { sql, schema, direct: own, server: own, stop: close };
  } catch (error) {
    await stop();
    throw error;
  }
}
