/** One statement of a migration. */
export interface MigrationStep {
  /** SQL without a semicolon. */
  readonly text: string;
  /** The loss of data: `drops column public.album.title with its values`. */
  readonly destructive?: string;
  /** Must be committed before the following steps, which cannot use an enum label of their own transaction. */
  readonly transaction?: false;
  /** The text is a comment about a difference for which snapshots do not contain the SQL. */
  readonly manual?: true;
}

export function step(text: string, destructive?: string): MigrationStep {
  return destructive === undefined ? { text } : { text, destructive };
}

export function manualStep(note: string): MigrationStep {
  return { text: `-- manual: ${oneLine(note)}`, manual: true };
}

/**
 * The steps as one SQL text for `psql` or `migrate`; a comment before a destructive statement names the loss.
 * @example `stepsText([{ text: "drop table a", destructive: "drops table a" }])` →
 * `"-- destructive: drops table a\ndrop table a;\n"`
 */
export function stepsText(steps: readonly MigrationStep[]): string {
  return steps.map(stepText).join("\n");
}

function stepText({ text, destructive, manual: isManual }: MigrationStep): string {
  if (isManual) return `${text}\n`;
  return `${destructive === undefined ? "" : `-- destructive: ${oneLine(destructive)}\n`}${text};\n`;
}

function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]+/g, " ");
}
