import { requireSnapshot } from "../schema/arguments.ts";
import { relationOf } from "../schema/relation-of.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { InsertOf, RowOf, TableName } from "../schema/tables.ts";
import { withIdentityValues } from "./plan-mark.ts";

/** The tables of a snapshot in which `insert` accepts values for the identity columns of table `Name`. */
export type IdentityTables<Tables, Name extends TableName<Tables>> = string extends keyof Tables
  ? Tables
  : Tables & {
      readonly [Table in Name]: {
        readonly insert: Partial<Omit<RowOf<Tables, Name>, keyof InsertOf<Tables, Name>>>;
      };
    };

/**
 * A snapshot in which the GENERATED ALWAYS identity columns of a table accept values, to restore rows with their keys:
 * inserts, upserts and imports have OVERRIDING SYSTEM VALUE. The identity sequence does not advance.
 * @param schema a snapshot
 * @param table the table's name
 * @returns a new snapshot; the given one is unchanged. Stored as JSON it is the given one
 * @throws UnknownNameError if the table does not exist
 * @example `insertSql(overrideIdentity(schema, "invoice"), "invoice", { invoice_id: 9 }, { returning: false }).text` →
 * `INSERT INTO "public"."invoice" ("invoice_id") OVERRIDING SYSTEM VALUE VALUES ($1::text::int4)`
 */
export function overrideIdentity<Tables, Name extends TableName<Tables>>(
  schema: SchemaSnapshot<Tables>,
  table: Name,
): SchemaSnapshot<IdentityTables<Tables, Name>> {
  requireSnapshot(schema);
  const wanted = relationOf(schema, table);
  const relations = schema.relations.map(one => (one === wanted ? withIdentityValues(one) : one));
  return Object.freeze({ ...schema, relations: Object.freeze(relations) }) as never;
}
