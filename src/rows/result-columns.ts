import {
  isTransaction,
  type SqlHandle,
  type SqlResultColumn,
  type SqlResultInfo,
  type SqlValues,
} from "../driver/handle.ts";
import { sendForValues } from "../driver/send.ts";
import { ArgumentError } from "../errors.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import type { OutputColumn } from "../statements/statement.ts";
import type { Codec } from "../types/codec.ts";
import { driverDecode } from "../types/driver-values.ts";
import { codecFor } from "../types/resolve.ts";

type Decoder = Pick<Codec, "decode">;

interface TypedColumn {
  readonly name: string;
  readonly label: string;
  readonly codec: Decoder;
}

/** The columns of a raw result, decoded by their types; throws ArgumentError if two have the same name. */
export async function resultColumns(
  sql: SqlHandle,
  schema: AnySchema,
  values: SqlValues,
): Promise<readonly TypedColumn[]> {
  const { command, columns } = values;
  const isCommitted = command !== null && WRITES.has(command) && !isTransaction(sql);
  requireDifferentNames(columns, isCommitted ? `; the ${command} has been committed` : "");
  const decoders = await resultDecoders(sql, schema, values);
  return values.columns.map(({ name }, index) => ({
    name,
    label: `query: ${name}`,
    codec: decoders[index]!,
  }));
}

/** The computed columns of a result with the decoders of their types, which only the result has; the others unchanged. */
export async function computedColumns(
  sql: SqlHandle,
  schema: AnySchema,
  output: readonly OutputColumn[],
  result: SqlResultInfo & { readonly length: number },
  places: readonly number[] = output.map((_, index) => index),
): Promise<readonly OutputColumn[]> {
  const decoders = await resultDecoders(sql, schema, result);
  return output.map((column, index) =>
    column.computed === undefined
      ? column
      : { ...column, codec: { ...column.codec, ...decoders[places[index]!] } },
  );
}

// The decoders of a result's columns, by the oid of the type; the name of a user-defined type is looked up first.
async function resultDecoders(
  sql: SqlHandle,
  schema: AnySchema,
  { columns, length }: SqlResultInfo & { readonly length: number },
): Promise<readonly Decoder[]> {
  const keys = await typeKeys(sql, length === 0 ? [] : columns);
  return columns.map(({ type }: SqlResultColumn) => {
    const key = keys.get(type);
    return key === undefined ? { decode: driverDecode(schema, type) } : textDecoder(codecOfKey(schema, key));
  });
}

// FirstNormalObjectId of PostgreSQL: lower oids belong to built-in types and are the same in every database.
const FIRST_USER_OID = 16384;

const WRITES: ReadonlySet<string> = new Set(["INSERT", "UPDATE", "DELETE", "MERGE"]);

/** Throws ArgumentError if two columns of a result have the same name; the message ends with what happened to the data. */
export function requireDifferentNames(columns: readonly SqlResultColumn[], outcome = ""): void {
  const names = columns.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new ArgumentError(`query: two columns are named ${twice}; rename one with AS${outcome}`);
}

// The names of user-defined types.
async function typeKeys(
  sql: SqlHandle,
  columns: readonly SqlResultColumn[],
): Promise<ReadonlyMap<number, string>> {
  const oids = columns.map(({ type }) => type).filter(type => type >= FIRST_USER_OID);
  if (oids.length === 0) return new Map();
  const text = `SELECT t.oid::text, quote_ident(n.nspname) || '.' || quote_ident(t.typname) FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE t.oid = ANY ($1::oid[])`;
  const rows = await sendForValues(sql, text, [`{${oids.join(",")}}`]);
  return new Map(rows.map(([oid, key]) => [Number(oid), String(key)]));
}

// Values of a type that is not in the snapshot stay strings in PostgreSQL's text format.
function codecOfKey(schema: AnySchema, key: string): Codec | undefined {
  return Object.hasOwn(schema.types, key) ? codecFor(schema, key, -1) : undefined;
}

const UNCHANGED = { decode: null };

function textDecoder(codec: Codec | undefined): Decoder {
  if (codec === undefined) return UNCHANGED;
  return { decode: value => (typeof value === "string" ? codec.parse(value) : value) };
}
