import { expect } from "bun:test";
import { join } from "node:path";
import { isServer } from "./server-version.ts";
import { sourceText } from "./source-text.ts";

/** Calls with mistakes; each one throws or rejects. */
export type Mistakes = readonly (() => unknown)[];

/**
 * Compares the messages of mistakes with a file in test/messages that contains each call and its error. With
 * ROWFN_WRITE_MESSAGES=1 the file is written instead.
 * @param replace text in messages that differs between runs, and its replacement
 */
export async function expectMessages(
  name: string,
  mistakes: Mistakes,
  replace: Readonly<Record<string, string>> = {},
): Promise<void> {
  const parts: string[] = [];
  for (const mistake of mistakes) parts.push(`${sourceText(mistake)}\n${await messageOf(mistake)}\n`);
  let text = parts.join("\n");
  for (const [from, to] of Object.entries(replace)) text = text.replaceAll(from, to);
  const path = join(import.meta.dir, "../messages", `${name}.txt`);
  if (process.env["ROWFN_WRITE_MESSAGES"] === "1") await Bun.write(path, text);
  const expected = await Bun.file(path).text();
  if (isServer(18)) expect(text).toBe(expected);
  else expect(withoutServerErrors(text)).toBe(withoutServerErrors(expected));
}

// The words, the SQLSTATE and the position of PostgreSQL's own errors are those of version 18.
function withoutServerErrors(text: string): string {
  return text
    .split(/\n(?=\S)/)
    .filter(call => !/\[\d{2}[\dA-Z]{3}[\],]/.test(call))
    .join("\n");
}

async function messageOf(mistake: () => unknown): Promise<string> {
  try {
    await mistake();
  } catch (error) {
    const { name, message } = error as Error;
    return `${name}: ${message}`.replaceAll(/^/gm, "  ");
  }
  throw new Error(`${sourceText(mistake)} is not a mistake`);
}
