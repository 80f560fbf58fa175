import { ValueError } from "../errors.ts";
import { derive } from "../schema/derived.ts";
import type { Codec } from "../types/codec.ts";

type Row = Record<string, unknown>;

/** A column of a result and its decoder, which is null if the driver's values are already the row's. */
export interface DecodedColumn {
  readonly name: string;
  readonly label: string;
  readonly codec: Pick<Codec, "decode">;
}

interface Decoding {
  readonly column: DecodedColumn;
  readonly decode: (value: unknown) => unknown;
}

// The driver's values of most columns are already the row's: the other columns of a select list are found once.
const decodingsOf = derive((columns: readonly DecodedColumn[]): readonly Decoding[] =>
  columns.flatMap(column => {
    const { decode } = column.codec;
    return decode === null ? [] : [{ column, decode }];
  }),
);

/** Handles a value that JavaScript cannot hold. */
type Refuse = (row: Row, name: string, error: ValueError) => void;

/** Decodes the driver's values in place, only in the columns that need it. */
export function decodeRows(columns: readonly DecodedColumn[], rows: Row[], refuse: Refuse = fail): Row[] {
  for (const decoding of decodingsOf(columns)) {
    let index = 0;
    while (index < rows.length) index = decodeColumn(rows, decoding, index, refuse);
  }
  return rows;
}

// Decodes a column from one row on, and returns the index after the last row or after a refused value.
function decodeColumn(rows: Row[], { column, decode }: Decoding, from: number, refuse: Refuse): number {
  const { name, label } = column;
  let index = from;
  try {
    for (; index < rows.length; index++) {
      const row = rows[index]!;
      const value = row[name];
      if (value === null) continue;
      const decoded = decode(value);
      if (decoded !== value) row[name] = decoded;
    }
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    const message = `${label}, rows[${index}]: ${error.message}`;
    refuse(rows[index]!, name, new ValueError(message, { cause: error, isStored: true }));
  }
  return index + 1;
}

function fail(_row: Row, _name: string, error: ValueError): never {
  throw error;
}

/** Makes the property throw the error. */
export function failWhenRead(row: Row, name: string, error: ValueError): void {
  Object.defineProperty(row, name, {
    get: () => {
      throw error;
    },
    enumerable: true,
    configurable: true,
  });
}

/** Row objects from the values of each row. */
export function rowsFromValues(
  output: readonly { readonly name: string }[],
  values: readonly (readonly unknown[])[],
): Row[] {
  return values.map(row => {
    const object: Row = {};
    for (const [index, { name }] of output.entries()) addProperty(object, name, row[index]);
    return object;
  });
}

/** Adds a property. An assignment to `__proto__` would not create one. */
export function addProperty(row: Row, name: string, value: unknown): void {
  if (name === "__proto__")
    Object.defineProperty(row, name, { value, enumerable: true, writable: true, configurable: true });
  else row[name] = value;
}
