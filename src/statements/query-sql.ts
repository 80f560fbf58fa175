import { ArgumentError } from "../errors.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { compileFragment } from "./compile-fragment.ts";
import { type Fragment, isFragment } from "./fragment.ts";
import { newBinder, type Statement } from "./statement.ts";

/**
 * The statement of `q`.
 * @param schema a snapshot: `col` and `table` are looked up in it
 * @param query raw SQL made by `expr`
 * @returns the SQL and its parameters
 * @throws ArgumentError for anything but `expr`; UnknownNameError for an unknown table or column
 * @example ``querySql(schema, expr`select ${1}::int4`).text`` → `select $1::text::int4`
 */
export function querySql(schema: AnySchema, query: Fragment): Statement {
  if (!isFragment(query)) throw new ArgumentError("raw SQL is written with expr`...`, or expr(text, params)");
  const binder = newBinder();
  return { text: compileFragment(schema, binder, query), params: binder.params };
}
