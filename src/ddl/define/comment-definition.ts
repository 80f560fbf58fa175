import { ArgumentError } from "../../errors.ts";
import { quoteLiteral } from "../../schema/quote.ts";
import { describeValue } from "../../types/problem.ts";

/** `COMMENT ON TABLE "public"."album" IS 'a record'`; null removes it. */
export function commentSql(target: string, comment: string | null): string {
  if (comment !== null && typeof comment !== "string")
    throw new ArgumentError(`the comment of ${target} must be a string, received ${describeValue(comment)}`);
  return `COMMENT ON ${target} IS ${comment === null ? "NULL" : quoteLiteral(comment)}`;
}
