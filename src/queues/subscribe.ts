import type { ListeningHandle } from "../driver/handle.ts";
import { queryError } from "../driver/query-error.ts";

/** Listens on a channel; throws QueryError. */
export async function subscribe(
  sql: ListeningHandle,
  channel: string,
  onNotify: (payload: string) => void,
  onConfirm?: () => void,
): ReturnType<ListeningHandle["listen"]> {
  try {
    return await sql.listen(channel, onNotify, onConfirm);
  } catch (error) {
    throw queryError(error, `LISTEN "${channel}"`, { sql });
  }
}
