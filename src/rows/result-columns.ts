import type { SqlHandle, SqlResultColumn, SqlValues } from "../driver/handle.ts";
import { sendForValues } from "../driver/send.ts";
import { ArgumentError } from "../errors.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import type { Codec } from "../types/codec.ts";
import { driverDecode } from "../types/driver-values.ts";
import { codecFor } from "../types/resolve.ts";
import type { DecodedColumn } from "./decode-rows.ts";

/** How to read each column of a raw result: by its type's oid, which for a user's type is looked up by name. */
export async function resultColumns(
  sql: SqlHandle,
  schema: AnySchema,
  values: SqlValues,
): Promise<readonly DecodedColumn[]> {
  refuseSameNames(values.columns);
  const unknown =
    values.length === 0
      ? []
      : values.columns.filter(({ type }) => type >= FIRST_USER_OID).map(({ type }) => type);
  const keys = unknown.length === 0 ? new Map<number, string>() : await typeKeys(sql, unknown);
  return values.columns.map(({ name, type }) => {
    const key = keys.get(type);
    if (key === undefined)
      return { name, label: `query: ${name}`, codec: { decode: driverDecode(schema, type) } };
    return { name, label: `query: ${name}`, codec: textDecoder(codecOfKey(schema, key)) };
  });
}

// FirstNormalObjectId of PostgreSQL: types below it have the same oid everywhere.
const FIRST_USER_OID = 16384;

function refuseSameNames(columns: readonly SqlResultColumn[]): void {
  const names = columns.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new ArgumentError(`query: two columns are called ${twice}; name them apart with AS`);
}

async function typeKeys(sql: SqlHandle, oids: readonly number[]): Promise<ReadonlyMap<number, string>> {
  const text = `SELECT t.oid::text, quote_ident(n.nspname) || '.' || quote_ident(t.typname) FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE t.oid = ANY ($1::oid[])`;
  const rows = await sendForValues(sql, text, [`{${oids.join(",")}}`]);
  return new Map(rows.map(([oid, key]) => [Number(oid), String(key)]));
}

// A type the snapshot does not know (another schema, made later) stays as the driver gives it: PostgreSQL's text.
function codecOfKey(schema: AnySchema, key: string): Codec | undefined {
  return Object.hasOwn(schema.types, key) ? codecFor(schema, key, -1) : undefined;
}

const AS_IT_IS = { decode: null };

function textDecoder(codec: Codec | undefined): Pick<Codec, "decode"> {
  if (codec === undefined) return AS_IT_IS;
  return { decode: value => (typeof value === "string" ? codec.parse(value) : value) };
}
