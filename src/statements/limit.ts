import { ArgumentError } from "../errors.ts";
import { type Binder, bind } from "./statement.ts";

/** The parameters of `limitClause`, each only when given. */
export function limitTexts(
  table: string,
  limit: number | undefined,
  offset: number | undefined,
): readonly string[] {
  return [...countText(table, "limit", limit), ...countText(table, "offset", offset)];
}

/** ` LIMIT $1::text::int8 OFFSET $2::text::int8`, each only when given. `limit: 0` is no rows, not all. */
export function limitClause(
  binder: Binder,
  table: string,
  limit: number | undefined,
  offset: number | undefined,
): string {
  return clause(binder, table, "limit", limit) + clause(binder, table, "offset", offset);
}

function clause(binder: Binder, table: string, word: "limit" | "offset", count: number | undefined): string {
  return countText(table, word, count)
    .map(text => ` ${word.toUpperCase()} ${bind(binder, text, "int8")}`)
    .join("");
}

function countText(table: string, word: string, count: number | undefined): readonly string[] {
  if (count === undefined) return [];
  if (Number.isSafeInteger(count) && count >= 0) return [String(count)];
  throw new ArgumentError(
    `${table}: ${word} is a whole number from 0, received ${typeof count === "number" ? count : typeof count}`,
  );
}
