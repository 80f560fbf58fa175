import type { ListeningHandle } from "../driver/handle.ts";
import { statementError } from "../driver/statement-error.ts";

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
    throw await statementError(error, `LISTEN "${channel}"`, { sql });
  }
}
