import type { ListeningHandle, SqlHandle } from "../driver/handle.ts";
import type { RelationPlan } from "../statements/relation-plan.ts";
import { changesSince, currentPosition } from "./change-log.ts";
import { placedPayload } from "./change-notification.ts";
import { type ListenOptions, listen } from "./listen.ts";
import { readAgain } from "./read-again.ts";

/** A watched table with a log, and its channel. */
interface LoggedTable {
  readonly sql: ListeningHandle;
  readonly plan: RelationPlan;
  readonly channel: string;
}

/** The options of `watch` that concern its log. */
export interface LogOptions extends ListenOptions {
  /**
   * A position in the log of `watchSql`: the changes that were missed since are reported first. `onListen` is called only
   * if the log does not go back that far, so that the state has to be read.
   */
  readonly since?: string;
  /** Called with a position for `since`: before `onListen`, and for a change that is hidden by the filter or the scope. */
  readonly onPosition?: (position: string) => void;
}

// No payload of a trigger is empty.
const MARK = "";

/**
 * The changes of a table with a log. Whenever notifications may have been missed, the log is read from the last position;
 * `onGap` is called only if it does not go back that far.
 */
export async function* loggedChanges<Change>(
  { sql, plan, channel }: LoggedTable,
  options: LogOptions,
  changeOf: (payload: string) => Promise<Change | undefined>,
): AsyncGenerator<Change, void, undefined> {
  const { onListen, onGap, onPosition, since, ...limits } = options;
  const { signal } = limits;
  let position = since;
  let isBehind = true;
  let reportGap = (): void => {};
  const miss: NonNullable<ListenOptions["onGap"]> = (why, lost) => {
    isBehind = true;
    reportGap = () => onGap?.(why, lost);
  };
  for await (const arrived of listen(sql, channel, { ...limits, onGap: miss }, MARK)) {
    const payloads = arrived === MARK ? [] : [arrived];
    if (isBehind) {
      isBehind = false;
      const read = await readAgain(sql, () => missedSince(sql, plan, position), signal);
      if (read === undefined) return;
      const { missed, now } = read.found;
      if (now !== undefined) {
        position = now;
        onPosition?.(now);
        reportGap();
        if (arrived === MARK) onListen?.();
      } else payloads.unshift(...missed);
    }
    for (const payload of payloads) {
      if (signal?.aborted) return;
      const change = await changeOf(payload);
      if (change !== undefined) yield change;
      position = placedPayload(payload).position ?? position;
    }
  }
}

/** The changes since a position; if the log does not go back that far, the position of now. */
async function missedSince(
  sql: SqlHandle,
  plan: RelationPlan,
  position: string | undefined,
): Promise<{ readonly missed: readonly string[]; readonly now?: string }> {
  const missed = position === undefined ? undefined : await changesSince(sql, plan, position);
  return missed === undefined ? { missed: [], now: await currentPosition(sql) } : { missed };
}
