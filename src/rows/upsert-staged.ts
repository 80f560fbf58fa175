import { isTransaction } from "../driver/handle.ts";
import { sendLast, withOwnTransaction } from "../driver/pipeline.ts";
import { QueryError } from "../errors.ts";
import type { Statement } from "../statements/statement.ts";
import { type StagedUpsert, stagedUpsertSql } from "../statements/upsert-many-sql.ts";
import type { UpsertOptions } from "../statements/upsert-sql.ts";
import { constraintError } from "./constraint-error.ts";
import { runCopy } from "./insert-group.ts";
import type { Row } from "./row-groups.ts";
import { runCount, type WriteContext } from "./write.ts";
import { atomically } from "./write-many.ts";

/** The context of a write, with the conflict target and the update of existing rows. */
export interface UpsertContext extends WriteContext {
  readonly conflict: Pick<UpsertOptions, "key" | "update" | "where">;
}

/** Upserts rows by a temporary table; returns undefined if the role may not create one. */
export async function upsertStaged(
  context: UpsertContext,
  rows: readonly Row[],
): Promise<number | undefined> {
  const { schema, table, conflict, sql } = context;
  const staged = stagedUpsertSql(schema, table, rows, conflict);
  try {
    return isTransaction(sql)
      ? await atomically(context, inner => stageInTransaction(inner, staged))
      : await withOwnTransaction(sql, connection => stageAlone({ ...context, sql: connection }, staged));
  } catch (error) {
    if (error instanceof QueryError && error.sqlstate === "42501" && error.text === staged.copy.text)
      return undefined;
    throw error;
  }
}

async function stageInTransaction(context: UpsertContext, staged: StagedUpsert): Promise<number> {
  await copyStaged(context, staged, staged.create);
  const count = await runCount(context, staged.upsert);
  await runCount(context, command(staged.drop));
  return count;
}

// The COMMIT drops the temporary table.
async function stageAlone(context: UpsertContext, staged: StagedUpsert): Promise<number> {
  await copyStaged(context, staged, `BEGIN;\n${staged.create}`);
  context.options?.onStatement?.(staged.upsert);
  try {
    const [result] = await sendLast(context.sql, [staged.upsert]);
    return result!.count;
  } catch (error) {
    throw constraintError(context, error, staged.upsert.params);
  }
}

async function copyStaged(
  context: UpsertContext,
  { create, copy }: StagedUpsert,
  before: string,
): Promise<void> {
  context.options?.onStatement?.(command(create));
  await runCopy(context, copy, before);
}

function command(text: string): Statement {
  return { text, params: [] };
}
