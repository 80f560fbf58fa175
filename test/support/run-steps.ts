import type { SQL } from "bun";
import type { MigrationStep } from "../../src/ddl/index.ts";

/** Runs the steps of a migration; steps that may share a transaction are sent together. */
export async function runSteps(sql: SQL, steps: readonly MigrationStep[]): Promise<void> {
  const texts: string[] = [];
  let isOpen = false;
  for (const { text, transaction } of steps) {
    const joins = isOpen && transaction !== false;
    if (joins) texts.push(`${texts.pop()};\n${text}`);
    else texts.push(text);
    isOpen = transaction !== false;
  }
  await runTexts(sql, texts);
}

/** Runs statements one after the other. */
export async function runTexts(sql: SQL, texts: readonly string[]): Promise<void> {
  for (const text of texts) await sql.unsafe(text);
}
