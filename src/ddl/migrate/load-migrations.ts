import { ArgumentError } from "../../errors.ts";
import { type OptionNames, requireArray, requireOptions } from "../../schema/arguments.ts";
import { describeValue } from "../../types/problem.ts";
import type { Migration } from "./migration.ts";
import { readMigrations, requireNoDirective } from "./migration-file.ts";

/** The migrations of a directory in the order of their names, or of a list; throws ArgumentError if one is invalid. */
export async function loadMigrations(
  migrations: string | readonly Migration[],
): Promise<readonly Migration[]> {
  const list = typeof migrations === "string" ? await readMigrations(migrations) : migrations;
  validateMigrations(list);
  if (typeof migrations !== "string") for (const migration of list) requireNoDirectives(migration);
  return list;
}

const MIGRATION: OptionNames<Migration> = { name: true, up: true, down: true, transaction: "boolean" };

function requireBody(place: string, body: unknown): void {
  if (typeof body !== "string" && typeof body !== "function")
    throw new ArgumentError(`migration ${place} must be SQL or a function, received ${describeValue(body)}`);
  if (typeof body === "string") requireStorable(`migration ${place}`, body);
}

// The driver would replace a lone surrogate, and the server rejects NUL only when a migration has run and is recorded.
function requireStorable(what: string, text: string): void {
  if (text.includes("\0") || !text.isWellFormed())
    throw new ArgumentError(`${what} contains a NUL character or a lone surrogate; remove it`);
}

function requireNoDirectives({ name, up, down, transaction = true }: Migration): void {
  if (typeof up === "string") requireNoDirective(`${name}: up`, up, transaction);
  if (typeof down === "string") requireNoDirective(`${name}: down`, down, transaction);
}

function validateMigrations(migrations: readonly Migration[]): void {
  requireArray("migrations", migrations);
  const names = new Set<string>();
  for (const migration of migrations) {
    requireOptions("a migration", migration ?? null, MIGRATION);
    const { name, up, down } = migration;
    if (typeof name !== "string" || name === "")
      throw new ArgumentError(`the name of a migration must be a non-empty string, received ${String(name)}`);
    if (names.has(name)) throw new ArgumentError(`migration ${name} appears twice; rename one`);
    requireStorable(`the name of migration ${JSON.stringify(name)}`, name);
    names.add(name);
    requireBody(`${name}: up`, up);
    if (down !== undefined) requireBody(`${name}: down`, down);
    if (typeof up === "string" && up.trim() === "") throw new ArgumentError(`migration ${name} is empty`);
  }
}
