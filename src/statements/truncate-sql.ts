import { ArgumentError, ScopeError } from "../errors.ts";
import { requireNoHole, requireOptions, SEND_OPTIONS } from "../schema/arguments.ts";
import { isSameName, type RelationName } from "../schema/relation.ts";
import type { AnySchema, Relation } from "../schema/snapshot.ts";
import { relationPlan } from "./relation-plan.ts";
import { ancestors } from "./scope.ts";
import type { Statement } from "./statement.ts";

/** Options of `truncateSql`. */
export interface TruncateSqlOptions {
  /** Truncate also the tables that refer to these, and those that refer to them. */
  readonly cascade?: boolean;
  /** Restart the sequences of the tables. */
  readonly restartIdentity?: boolean;
}

const TRUNCATE_OPTIONS = { cascade: true, restartIdentity: true, ...SEND_OPTIONS } as const;

/**
 * The statement of `truncate`.
 * @param schema a snapshot
 * @param tables the name of a table, or of several
 * @param options `cascade`, `restartIdentity`
 * @returns the SQL without parameters
 * @throws ArgumentError for a view, and with the tables that refer to the truncated ones, without `cascade`; ScopeError for a
 * table with a scope; UnknownNameError
 * @example `truncateSql(schema, ["playlist_track", "playlist"], { restartIdentity: true }).text` →
 * `TRUNCATE "public"."playlist_track", "public"."playlist" RESTART IDENTITY`
 */
export function truncateSql(
  schema: AnySchema,
  tables: string | readonly string[],
  options: TruncateSqlOptions = {},
): Statement {
  requireOptions("truncate", options, TRUNCATE_OPTIONS);
  const names = typeof tables === "string" ? [tables] : tables;
  if (!Array.isArray(names) || names.length === 0)
    throw new ArgumentError("tables must be a table name or a non-empty array of them");
  requireNoHole("tables", names);
  const plans = [...new Set(names.map(name => relationPlan(schema, String(name))))];
  for (const { relation } of plans) requireTruncatable(schema, relation);
  const cascade = options.cascade === true;
  if (!cascade)
    requireNoReferrers(
      schema,
      plans.map(({ relation }) => relation),
    );
  else if (Object.keys(schema.scope).length > 0)
    throw new ScopeError(
      "truncate with cascade: true would leave the snapshot's scope; pass unscoped(schema)",
    );
  const list = plans.map(({ name }) => name).join(", ");
  const restart = options.restartIdentity === true ? " RESTART IDENTITY" : "";
  return { text: `TRUNCATE ${list}${restart}${cascade ? " CASCADE" : ""}`, params: [] };
}

function requireTruncatable(schema: AnySchema, relation: Relation): void {
  const { key, kind } = relation;
  if (kind === "view" || kind === "materializedView")
    throw new ArgumentError(`${key} is a view; truncate the tables of its query`);
  // Its partitions and children are truncated too.
  const isScoped = schema.relations.some(
    one =>
      relationPlan(schema, one.key).scope.rules.length > 0 &&
      (one === relation || ancestors(schema, one).includes(relation)),
  );
  if (isScoped)
    throw new ScopeError(
      `${key}: truncate would delete rows outside the snapshot's scope; use deleteWhere with all: true`,
    );
}

// PostgreSQL rejects it even if the referring table has no rows.
function requireNoReferrers({ relations }: AnySchema, truncated: readonly Relation[]): void {
  const isTruncated = (name: RelationName): boolean => truncated.some(one => isSameName(one, name));
  const referrers = relations.filter(
    relation =>
      !isTruncated(relation) &&
      !relation.isPartition &&
      relation.foreignKeys.some(({ references }) => isTruncated(references)),
  );
  if (referrers.length === 0) return;
  const names = referrers.map(({ key }) => key).join(", ");
  throw new ArgumentError(
    `${truncated.map(({ key }) => key).join(", ")}: foreign keys of ${names} refer to the rows; truncate ${names} too, or pass cascade: true`,
  );
}
