/** The known state of a server. */
export interface ServerState {
  /** `gone`: it failed, and is tried again later; `foreign`: it is not a physical copy of the primary. */
  readonly role: "unknown" | "primary" | "standby" | "gone" | "foreign";
  /** A standby has replayed at least the write-ahead log up to here. */
  readonly position: bigint;
  /** The timeline that the server writes or replays, which every promotion increments; 0 if it is unknown. */
  readonly timeline: number;
}

/**
 * The index of the primary: the server that was promoted last; without one the current primary. A server of an earlier
 * timeline than a known one is a former primary, also while its successor cannot be reached: what it stores would be lost.
 */
export function choosePrimary(states: readonly ServerState[], current: number): number {
  const latest = Math.max(...states.map(({ timeline }) => timeline));
  const isPrimary = ({ role, timeline }: ServerState): boolean => role === "primary" && timeline === latest;
  return isPrimary(states[current]!) ? current : indexOr(states.findIndex(isPrimary), current);
}

function indexOr(index: number, other: number): number {
  return index === -1 ? other : index;
}

/**
 * The index of the server for a read: the standbys that have replayed what is needed take turns, else the primary.
 * @param needed the position; undefined if it is unknown
 */
export function chooseReader(
  states: readonly ServerState[],
  primary: number,
  needed: bigint | undefined,
  turn: number,
): number {
  if (needed === undefined) return primary;
  const { timeline } = states[primary]!;
  const ready = [...states.keys()].filter(
    index =>
      index !== primary && states[index]!.role === "standby" && isRecent(states[index]!, needed, timeline),
  );
  return ready[turn % ready.length] ?? primary;
}

/**
 * Whether a standby has replayed a position of the primary's timeline. A standby of an earlier timeline can have passed the
 * position on a way that the primary has left, and have rows that the primary does not have.
 */
export function isRecent(standby: ServerState, needed: bigint, timeline: number): boolean {
  return standby.position >= needed && standby.timeline >= timeline;
}

/** A position that the primary had already reached when its answer arrived, and the time when it was asked. */
export interface Sample {
  readonly time: number;
  readonly position: bigint;
}

/**
 * The position from which on a standby has everything that was committed before `time`; undefined if no known position
 * suffices. A sample that was requested at that time or later contains all of it.
 * @param samples in the order of their times
 */
export function positionAt(samples: readonly Sample[], time: number): bigint | undefined {
  return samples.find(sample => sample.time >= time)?.position;
}
