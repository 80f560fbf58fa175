// `rowfn/queues`: job queues, notifications and change feeds, and their pure SQL builders.

export { type Channel, type ChannelOptions, channel } from "./channel.ts";
export { type ClaimOptions, type ClaimSqlOptions, claim, claimSql } from "./claim.ts";
export { type ClaimOneOptions, claimOne, type JobHandler, type JobResult } from "./claim-one.ts";
export { giveUp, type JobOutcome, retryLater } from "./job-outcome.ts";
export type { Gap, ListenOptions } from "./listening.ts";
export type { QueueOptions } from "./queue-plan.ts";
export { unwakeSql, wakeSql } from "./wake-sql.ts";
export { type Change, unwatchSql, type WatchOptions, watch, watchSql } from "./watch.ts";
export { type WorkOptions, work } from "./work.ts";
