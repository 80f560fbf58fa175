import { type SqlHandle, script } from "rowfn";

/** Creates the tables of the Chinook sample database from its SQL file, without its commands for databases and psql. */
export async function loadChinook(sql: SqlHandle, file: string): Promise<void> {
  const text = await Bun.file(file).text();
  await script(sql, text.replaceAll(/^(?:DROP|CREATE) DATABASE.*|^\\c.*/gm, ""));
}

/** Prints one cell: its name and its value as JSON. */
export function cell(name: string, value: unknown): void {
  console.log(`${name} → ${JSON.stringify(value) ?? "undefined"}`);
}

/** The name and the message of the error of a call. */
export async function errorOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  throw new Error("the call did not fail");
}
