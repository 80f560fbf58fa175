import { quoteLiteral } from "../../schema/quote.ts";

/** `COMMENT ON TABLE "public"."album" IS 'a record'`; null removes it. */
export function commentSql(target: string, comment: string | null): string {
  return `COMMENT ON ${target} IS ${comment === null ? "NULL" : quoteLiteral(comment)}`;
}
