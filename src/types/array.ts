import { ValueError } from "../errors.ts";
import { type ArrayTexts, parseArrayLiteral, printArrayLiteral } from "./array-literal.ts";
import type { Codec, Problem } from "./codec.ts";
import { NULL_PROBLEM, problem, problemAt } from "./problem.ts";
import { canGroup } from "./type-operators.ts";

/** The facts about an array type that its element's codec does not have. */
export interface ArrayOptions {
  /** The character between elements: `;` for box, `,` for all other types. */
  readonly delimiter: string;
  readonly castType: string;
  /** Whether the element's type is built in: the driver parses only arrays of built-in types. */
  readonly isBuiltin: boolean;
}

/** The input of an array column: nested arrays are dimensions and have equal lengths; numbers may also be a typed array. */
export type NestedArray<Element> =
  | Dimension<Element>
  | ([number] extends [Element] ? ArrayLike<number> : never);

type Dimension<Element> = readonly (Element | null | Dimension<Element>)[];

const MAX_DIMENSIONS = 6;
const WITHOUT_BOUNDS = "an array without lower bounds, which would be lost";
const RECTANGULAR = "an array whose inner arrays all have the same length";

/** The codec of `T[]`: nested JavaScript arrays with null for NULL, without lower bounds. */
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
    equals: canGroup(element) ? "=" : null,
    shape: Object.freeze({ kind: "array", element }),
  });
}

type Decode = (value: unknown) => unknown;

/** Whether an element can itself be a JavaScript array: nested arrays are then not read as dimensions. */
export function holdsArrays({ shape, form }: Codec): boolean {
  return (
    shape.kind === "array" ||
    shape.kind === "multirange" ||
    (shape.kind === "scalar" && shape.family === "json" && form !== "string")
  );
}

function arrayDecode(element: Codec, isBuiltin: boolean, isFlat: boolean): Decode | null {
  const decode = isBuiltin ? element.decode : (element.parse as Decode);
  if (decode !== null) return value => mapElements(plainArray(value), decode, isFlat);
  // In one of its modes the driver returns int4[] as an Int32Array.
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
  if (!isList(value, isFlat)) return problem(hasBounds(value) ? WITHOUT_BOUNDS : "an array", value);
  for (let index = 0; index < value.length; index++) {
    const part = value[index];
    if (Array.isArray(part) && !isFlat) return checkNested(value as readonly unknown[], element);
    const rejected = checkElement(part, element);
    if (rejected !== undefined) return problemAt(index, rejected);
  }
  return undefined;
}

// The text of an array in a file or a URL.
function hasBounds(value: unknown): boolean {
  return typeof value === "string" && /^\[[^{]*\]=\{/.test(value);
}

// Numbers may be a typed array.
function isList(value: unknown, isFlat: boolean): value is ArrayLike<unknown> {
  return Array.isArray(value) || (!isFlat && ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function checkElement(value: unknown, element: Codec): Problem | undefined {
  if (value !== null) return element.check(value);
  return element.rejectsNull ? NULL_PROBLEM : undefined;
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
    const rejected = checkDimension(part, inner, element);
    if (rejected !== undefined) return problemAt(index, rejected);
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
