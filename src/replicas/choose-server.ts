/** The known state of a server. */
export interface ServerState {
  /** `gone`: it failed, and is tried again later; `foreign`: it is not a physical copy of the primary. */
  readonly role: "unknown" | "primary" | "standby" | "gone" | "foreign";
  /** A standby has replayed at least the write-ahead log up to here. */
  readonly position: bigint;
  /** The timeline that a primary writes, which every promotion increments; 0 for other servers. */
  readonly timeline: number;
}

/** The index of the primary: the server that was promoted last; without one the current primary. */
export function choosePrimary(states: readonly ServerState[], current: number): number {
  const isNewer = ({ role, timeline }: ServerState, best: number): boolean =>
    role === "primary" && (states[best]!.role !== "primary" || timeline > states[best]!.timeline);
  return states.reduce((best, state, index) => (isNewer(state, best) ? index : best), current);
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
  const ready = [...states.keys()].filter(index => index !== primary && isRecent(states[index]!, needed));
  return ready[turn % ready.length] ?? primary;
}

function isRecent({ role, position }: ServerState, needed: bigint): boolean {
  return role === "standby" && position >= needed;
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
