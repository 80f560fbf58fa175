import type { SQL } from "bun";
import type { SchemaSnapshot } from "../../src/index.ts";

/** A property of a topology on which the result of a check depends. */
export type Trait =
  /** A standby, which accepts no writes. */
  | "standby"
  /** Each transaction may run on a different server connection. */
  | "transaction pooler"
  /** A pooler that sends reads to a standby. */
  | "load balancer"
  /** A pooler that sends reads to a standby, with prepared statements. */
  | "prepared load balancer"
  /** The partitions of `item` are tables on other servers. */
  | "foreign partitions";

/** A way from the program to its rows. */
export interface Topology {
  /** The heading of its column. */
  readonly id: string;
  readonly description: string;
  readonly traits: readonly Trait[];
  /** Starts the servers of the topology; returns undefined if a program is not installed. */
  readonly start: (servers: Servers) => Promise<Opened | undefined>;
}

/** A topology that is ready. */
export interface Opened {
  /** The handle and the snapshot of the checks, from `connect`. */
  readonly sql: SQL;
  readonly schema: SchemaSnapshot;
  /** A handle on the server that stores the rows, to read them with plain SQL. */
  readonly direct: SQL;
  /** A handle on the server from which the rows are read, if that is a different one. */
  readonly source?: SQL;
  /** A handle on the server that runs the statements. */
  readonly server: SQL;
  readonly stop: () => Promise<void>;
}

/** The servers that topologies share. */
export interface Servers {
  /** Creates a database on the primary, by default with the tables of the checks, and returns its URL. */
  readonly database: (name: string, content?: string) => Promise<string>;
  /** The URL of the same database on the synchronous standby. */
  readonly onStandby: (url: string) => string;
}

/** A topology as a single check sees it. */
export interface Place extends Opened {
  /** A name for tables, locks and channels that no other check uses. */
  readonly name: string;
  /** The first of 1,000 ids that no other check uses. */
  readonly first: number;
}

/** A statement about rowfn that holds on every topology, or fails with the error in the table. */
export interface Check {
  readonly name: string;
  readonly run: (place: Place) => Promise<unknown>;
  /** The result of `run`. */
  readonly expect: unknown;
  /** Trait → the expected part of the error message. */
  readonly fails?: Partial<Readonly<Record<Trait, string>>>;
  /** Trait → the reason why the result is not deterministic, so the check does not run. */
  readonly leftOut?: Partial<Readonly<Record<Trait, string>>>;
}

/** The reason why `item` cannot be the target of an upsert if its partitions are foreign tables. */
export const NO_INDEX = "a declared key has no unique index; use updateWhere and insert in a transaction";

const READ_ONLY = "the server is a standby, which accepts no writes; connect to the primary";

/** Checks that write and therefore fail on a standby. */
export function writing(checks: readonly Check[]): readonly Check[] {
  return checks.map(check => ({ ...check, fails: { standby: READ_ONLY, ...check.fails } }));
}
