// The rows of functions, triggers, other objects and dependencies; see rows.ts.

import type { Unused } from "./type-rows.ts";

/** An object of an extension, or an extension that requires another one. */
export type MemberRow = readonly [part: number, oid: number, catalog: number, extension: number];

export type RoutineRow = readonly [
  part: number,
  oid: number,
  schema: number,
  ...Unused<4>,
  signature: string,
  name: string,
  /** prokind. */
  letter: string,
  returns: string | null,
  definition: string | null,
];

export type TriggerRow = readonly [
  part: number,
  relation: number,
  oid: number,
  ...Unused<1>,
  /** The bits of tgtype, and 128. */
  type: number,
  ...Unused<2>,
  name: string,
  function: string,
  /** int2vector: `2 1`. */
  columns: string,
  /** tgenabled. */
  letter: string,
  /** Null if a partition has the trigger from its parent. */
  definition: string | null,
];

export type ObjectRow = readonly [
  part: number,
  oid: number,
  catalog: number,
  relation: number | null,
  ...Unused<3>,
  kind: string,
  identity: string,
  definition: string | null,
  /** Of a statistics object only the target. */
  alteration: string | null,
];

/** What an object or relation depends on, or the relation or type that depends on it. */
export type DependencyRow = readonly [
  part: number,
  oid: number,
  catalog: number,
  /** The schema of the other relation or type. */
  schema: number | null,
  /** One of `DEPENDENCIES`. */
  kind: number,
  position: number,
  ...Unused<1>,
  name: string | null,
  signature: string | null,
];
