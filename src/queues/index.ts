// `rowfn/queues`: job queues, notifications and change feeds, and their pure SQL builders.

export { type Channel, type ChannelOptions, channel } from "./channel.ts";
export { type ClaimOptions, claim, claimSql } from "./claim.ts";
export { type ClaimOneOptions, claimOne, type JobResult } from "./claim-one.ts";
export { giveUp, type JobOutcome, retryLater } from "./job-outcome.ts";
export type { Gap, ListenOptions } from "./listen.ts";
export type { QueueOptions } from "./queue-plan.ts";
export type { Change } from "./read-change.ts";
export type { JobHandler } from "./run-job.ts";
export {
  pruneLogSql,
  unwatchSql,
  type WatchOptions,
  type WatchSqlOptions,
  watch,
  watchSql,
} from "./watch.ts";
export { unwakeSql, type WorkOptions, wakeSql, work } from "./work.ts";
