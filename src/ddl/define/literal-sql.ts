import { ArgumentError } from "../../errors.ts";
import { quoteLiteral } from "../../schema/quote.ts";
import type { AnySchema } from "../../schema/snapshot.ts";
import { type Fragment, isFragment } from "../../statements/fragment.ts";
import { fragmentSql } from "../../statements/fragment-sql.ts";
import { scanSql } from "../../statements/scan-sql.ts";
import { newBinder } from "../../statements/statement.ts";
import type { Codec } from "../../types/codec.ts";
import { problemText } from "../../types/problem.ts";

/** Raw SQL with literals in place of parameters, for statements that accept none. */
export function literalSql(schema: AnySchema, fragment: Fragment): string {
  if (!isFragment(fragment))
    throw new ArgumentError(
      `raw SQL must be expr\`...\` or expr(text, params), received a value of type ${typeof fragment}`,
    );
  const binder = newBinder();
  const text = fragmentSql(schema, binder, fragment);
  let from = 0;
  let sql = "";
  for (const { start, end, number } of scanSql(text)) {
    const param = binder.params[number - 1] ?? null;
    sql += text.slice(from, start) + (param === null ? "NULL" : quoteLiteral(param));
    from = end;
  }
  return (sql + text.slice(from)).trim();
}

/** A value as a literal of its type; throws ArgumentError if the type cannot hold the value exactly. */
export function valueLiteral(codec: Codec, label: string, value: unknown): string {
  const problem = codec.check(value);
  if (problem !== undefined) throw new ArgumentError(`${label}: ${problemText(problem)}`);
  const text = codec.print(value);
  return isBare(codec, text) ? text : quoteLiteral(text);
}

const NUMBERS: ReadonlySet<string> = new Set(["integer", "bigint", "numeric", "float"]);

// An unquoted number with an exponent would be numeric, whatever the column's type is, and -0 the integer 0.
function isBare({ shape, castType }: Codec, text: string): boolean {
  if (shape.kind !== "scalar" || WITHOUT_CAST.has(castType)) return false;
  return shape.family === "boolean" || (NUMBERS.has(shape.family) && /^(?!-0$)-?\d+(\.\d+)?$/.test(text));
}

// PostgreSQL has no cast from integers to these types.
const WITHOUT_CAST: ReadonlySet<string> = new Set(["xid", "cid"]);
