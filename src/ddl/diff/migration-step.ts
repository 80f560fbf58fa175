/** One statement of a migration. */
export interface MigrationStep {
  /** SQL without a semicolon. */
  readonly text: string;
  /** What is lost: `drops column public.album.title with its values`. */
  readonly destructive?: string;
  /** Not in one transaction with the steps that follow: they could not use a new enum value. */
  readonly transaction?: false;
  /** The text is a comment: what differs cannot be told from snapshots, so that somebody has to write it. */
  readonly manual?: true;
}

export function step(text: string, destructive?: string): MigrationStep {
  return destructive === undefined ? { text } : { text, destructive };
}

export function manual(note: string): MigrationStep {
  return { text: `-- by hand: ${oneLine(note)}`, manual: true };
}

/** The steps as one text to be read, and run by `psql` or `migrate`: what is lost stands before its statement. */
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
