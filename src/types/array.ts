import { ValueError } from "../errors.ts";
import { type ArrayTexts, parseArrayLiteral, printArrayLiteral } from "./array-literal.ts";
import type { Codec, Problem } from "./codec.ts";
import { NULL_REFUSED, problem, problemAt } from "./problem.ts";

/** How an array of a type is written and read. */
export interface ArrayOptions {
  /** Between elements: `,`, but `;` for box. */
  readonly delimiter: string;
  readonly castType: string;
  /** The driver takes arrays of built-in types apart, not those of a user's types. */
  readonly isBuiltin: boolean;
}

/** What an array accepts: arrays in arrays are its dimensions, all of the same length; numbers also as a typed array. */
export type NestedArray<Element> =
  | Dimension<Element>
  | ([number] extends [Element] ? ArrayLike<number> : never);

type Dimension<Element> = readonly (Element | null | Dimension<Element>)[];

const MAX_DIMENSIONS = 6;
const RECTANGULAR = "an array whose inner arrays all have the same length";

/** T[]: nested JavaScript arrays, NULL as null; lower bounds are left out. */
export function arrayCodec(element: Codec, { delimiter, castType, isBuiltin }: ArrayOptions): Codec {
  const isFlat = holdsArrays(element);
  const readCast = !isBuiltin ? "::text[]" : element.readCast === "" ? "" : `${element.readCast}[]`;
  return Object.freeze({
    form: `(${element.form} | null)[]`,
    input: isFlat ? `readonly (${element.input} | null)[]` : `NestedArray<${element.input}>`,
    castType,
    readCast,
    decode: arrayDecode(element, isBuiltin, isFlat),
    parse: (text: string) =>
      mapElements(parseArrayLiteral(text, delimiter) as unknown[], element.parse as Decode, isFlat),
    check: (value: unknown) => checkArray(value, element, isFlat),
    print: ((value: ArrayLike<unknown>) =>
      printArrayLiteral(elementTexts(value, element, isFlat), delimiter)) as Codec["print"],
    equals: element.equals === "=" ? "=" : null,
    shape: Object.freeze({ kind: "array", element }),
  });
}

type Decode = (value: unknown) => unknown;

// Where an element may itself be a JavaScript array, only one dimension can be told apart from it.
function holdsArrays({ shape }: Codec): boolean {
  return (
    shape.kind === "array" ||
    shape.kind === "multirange" ||
    (shape.kind === "scalar" && shape.family === "json")
  );
}

function arrayDecode(element: Codec, isBuiltin: boolean, isFlat: boolean): Decode | null {
  const decode = isBuiltin ? element.decode : (element.parse as Decode);
  if (decode !== null) return value => mapElements(plainArray(value), decode, isFlat);
  // The driver gives int4[] as an Int32Array in one of its modes.
  return element.castType === "int4" ? plainArray : null;
}

function plainArray(value: unknown): unknown[] {
  return Array.isArray(value) ? value : Array.from(value as ArrayLike<unknown>);
}

function mapElements(array: unknown[], decode: Decode, isFlat: boolean): unknown[] {
  return array.map(element => {
    if (element === null) return null;
    if (!Array.isArray(element)) return decode(element);
    if (isFlat)
      throw new ValueError(
        "an array of several dimensions whose elements can be arrays is ambiguous; cast the column to text",
      );
    return mapElements(element, decode, isFlat);
  });
}

function checkArray(value: unknown, element: Codec, isFlat: boolean): Problem | undefined {
  if (!isList(value, isFlat)) return problem("an array", value);
  for (let index = 0; index < value.length; index++) {
    const part = value[index];
    if (Array.isArray(part) && !isFlat) return checkNested(value as readonly unknown[], element);
    const refused = checkElement(part, element);
    if (refused !== undefined) return problemAt(index, refused);
  }
  return undefined;
}

// A list of numbers may come as a typed array.
function isList(value: unknown, isFlat: boolean): value is ArrayLike<unknown> {
  return Array.isArray(value) || (!isFlat && ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function checkElement(value: unknown, element: Codec): Problem | undefined {
  if (value !== null) return element.check(value);
  return element.refusesNull ? NULL_REFUSED : undefined;
}

function checkNested(value: readonly unknown[], element: Codec): Problem | undefined {
  const lengths: number[] = [];
  for (let part: unknown = value; Array.isArray(part); part = part[0]) lengths.push(part.length);
  if (lengths.length > MAX_DIMENSIONS)
    return problem(`an array of at most ${MAX_DIMENSIONS} dimensions`, value);
  return checkDimension(value, lengths, element);
}

function checkDimension(
  value: unknown,
  [length, ...inner]: readonly number[],
  element: Codec,
): Problem | undefined {
  if (length === undefined)
    return Array.isArray(value) ? problem(RECTANGULAR, value) : checkElement(value, element);
  if (!Array.isArray(value) || value.length !== length || length === 0) return problem(RECTANGULAR, value);
  for (const [index, part] of value.entries()) {
    const refused = checkDimension(part, inner, element);
    if (refused !== undefined) return problemAt(index, refused);
  }
  return undefined;
}

function elementTexts(value: ArrayLike<unknown>, element: Codec, isFlat: boolean): ArrayTexts {
  const texts: (string | null | ArrayTexts)[] = [];
  for (let index = 0; index < value.length; index++) {
    const part = value[index];
    if (part === null) texts.push(null);
    else if (Array.isArray(part) && !isFlat) texts.push(elementTexts(part, element, isFlat));
    else texts.push(element.print(part));
  }
  return texts;
}
