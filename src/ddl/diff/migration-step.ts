import { requireArray } from "../../schema/arguments.ts";
import type { RelationName } from "../../schema/snapshot.ts";

/** One statement of a migration. */
export interface MigrationStep {
  /** SQL without a semicolon. */
  readonly text: string;
  /** The loss of data: `drops column public.album.title with its values`. */
  readonly destructive?: string;
  /** Why existing rows can make it fail: `public.album.year: existing rows may have NULL`. */
  readonly mayFail?: string;
  /** Must be committed before the following steps, which cannot use an enum label of their own transaction. */
  readonly transaction?: false;
  /** The text is a comment about a difference for which snapshots do not contain the SQL. */
  readonly manual?: true;
}

export function step(text: string, destructive?: string): MigrationStep {
  return destructive === undefined ? { text } : { text, destructive };
}

/** A statement that fails if existing rows do not fit. */
export function uncertainStep(text: string, mayFail: string): MigrationStep {
  return { text, mayFail };
}

export function manualStep(note: string): MigrationStep {
  return { text: `-- manual: ${oneLine(note)}`, manual: true };
}

/** The end of a note about an object: `, which public.t, public.v use`. */
export function usersText(usedBy: readonly RelationName[]): string {
  const users = usedBy.map(({ schema, name }) => `${schema}.${name}`);
  return users.length === 0 ? "" : `, which ${users.join(", ")} ${users.length === 1 ? "uses" : "use"}`;
}

/**
 * The steps as one SQL text for `psql` or `migrate`; a comment before a statement names the loss of data, or why it may fail.
 * @example `stepsText([{ text: "drop table a", destructive: "drops table a" }])` →
 * `"-- destructive: drops table a\ndrop table a;\n"`
 */
export function stepsText(steps: readonly MigrationStep[]): string {
  requireArray("steps", steps);
  return steps.map(stepText).join("\n");
}

function stepText({ text, destructive, mayFail, manual: isManual }: MigrationStep): string {
  if (isManual) return `${text}\n`;
  return `${comment("destructive", destructive)}${comment("may fail", mayFail)}${text};\n`;
}

function comment(label: string, reason: string | undefined): string {
  return reason === undefined ? "" : `-- ${label}: ${oneLine(reason)}\n`;
}

function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]+/g, " ");
}
