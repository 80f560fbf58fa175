import { ValueError } from "../errors.ts";
import { derive } from "../schema/derived.ts";
import type { Codec } from "../types/codec.ts";

type Row = Record<string, unknown>;

/** A column of a result and how its driver values become row values; null when they are right already. */
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

/** Turns the driver's values into the snapshot's, in place, touching only the columns that need it. */
export function decodeRows(columns: readonly DecodedColumn[], rows: Row[]): Row[] {
  for (const { column, decode } of decodingsOf(columns))
    decodeColumn(rows, column.name, column.label, decode);
  return rows;
}

function decodeColumn(rows: Row[], name: string, label: string, decode: (value: unknown) => unknown): void {
  let index = 0;
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
    throw new ValueError(`${label}, row ${index}: ${error.message}`, { cause: error });
  }
}

/** Row objects from the values of each row; defineProperty, because a column may be called `__proto__`. */
export function rowsFromValues(
  output: readonly { readonly name: string }[],
  values: readonly (readonly unknown[])[],
): Row[] {
  return values.map(row => {
    const object: Row = {};
    for (const [index, { name }] of output.entries()) {
      Object.defineProperty(object, name, {
        value: row[index],
        enumerable: true,
        writable: true,
        configurable: true,
      });
    }
    return object;
  });
}
