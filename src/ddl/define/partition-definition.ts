import { quoteName } from "../../schema/quote.ts";
import type { RelationName } from "../../schema/snapshot.ts";

/** `ALTER TABLE "public"."reading" ATTACH PARTITION "public"."reading_2026" FOR VALUES IN (1)`. */
export function attachSql(parent: RelationName, partition: RelationName, bound: string): string {
  return `ALTER TABLE ${quoteName(parent)} ATTACH PARTITION ${quoteName(partition)} ${bound}`;
}

/** `ALTER TABLE "public"."reading" DETACH PARTITION "public"."reading_2026"`. */
export function detachSql(parent: RelationName, partition: RelationName): string {
  return `ALTER TABLE ${quoteName(parent)} DETACH PARTITION ${quoteName(partition)}`;
}
