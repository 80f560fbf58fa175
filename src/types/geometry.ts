import { ValueError } from "../errors.ts";
import { isPlainObject } from "../schema/arguments.ts";
import type { Codec, Problem } from "./codec.ts";
import { parseFloat64, printFloat } from "./float.ts";
import { type JsonSchema, objectSchema } from "./json-forms.ts";
import { problem } from "./problem.ts";
import { scalarCodec } from "./scalar.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The line a·x + b·y + c = 0. */
export interface Line {
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

export interface LineSegment {
  readonly start: Point;
  readonly end: Point;
}

/** `high` is the upper right corner, `low` the lower left, as PostgreSQL stores them. */
export interface Box {
  readonly high: Point;
  readonly low: Point;
}

export interface Path {
  readonly closed: boolean;
  readonly points: readonly Point[];
}

export interface Polygon {
  readonly points: readonly Point[];
}

export interface Circle {
  readonly center: Point;
  readonly radius: number;
}

const NUMBER_JSON: JsonSchema = { type: "number" };
const POINT_JSON = objectSchema({ x: NUMBER_JSON, y: NUMBER_JSON });
const POINTS_JSON: JsonSchema = { type: "array", items: POINT_JSON, minItems: 1 };

export const pointCodec = (): Codec =>
  geometryCodec<Point>({
    form: "Point",
    castType: "point",
    equals: "~=",
    fields: "x, y",
    pattern: /^(?:\(0,0\)|0,0)$/,
    isValid: isPoint,
    json: POINT_JSON,
    parse: ([x, y]) => ({ x: x!, y: y! }),
    print: printPoint,
  });

export const lineCodec = (): Codec =>
  geometryCodec<Line>({
    form: "Line",
    castType: "line",
    fields: "a, b, c (a and b not both zero)",
    pattern: /^\{0,0,0\}$/,
    // geo_ops.c treats values up to 1e-6 as zero.
    isValid: ({ a, b, c }) =>
      isNumber(a) && isNumber(b) && isNumber(c) && !(Math.abs(a) <= 1e-6 && Math.abs(b) <= 1e-6),
    json: objectSchema({ a: NUMBER_JSON, b: NUMBER_JSON, c: NUMBER_JSON }),
    parse: ([a, b, c]) => ({ a: a!, b: b!, c: c! }),
    print: ({ a, b, c }) => `{${printFloat(a)},${printFloat(b)},${printFloat(c)}}`,
  });

export const lsegCodec = (): Codec =>
  geometryCodec<LineSegment>({
    form: "LineSegment",
    castType: "lseg",
    fields: "start, end (points)",
    pattern: withPoints(/^(?:\[P,P\]|\(P,P\)|P,P)$/),
    isValid: ({ start, end }) => isPoint(start) && isPoint(end),
    json: objectSchema({ start: POINT_JSON, end: POINT_JSON }),
    parse: ([x1, y1, x2, y2]) => ({ start: { x: x1!, y: y1! }, end: { x: x2!, y: y2! } }),
    print: ({ start, end }) => `[${printPoint(start)},${printPoint(end)}]`,
  });

export const boxCodec = (): Codec =>
  geometryCodec<Box>({
    form: "Box",
    castType: "box",
    equals: "~=",
    fields: "high, low (points, high not below or left of low)",
    pattern: withPoints(/^(?:\(P,P\)|P,P)$/),
    isValid: ({ high, low }) =>
      isPoint(high) && isPoint(low) && isFrom(high.x, low.x) && isFrom(high.y, low.y),
    json: objectSchema({ high: POINT_JSON, low: POINT_JSON }),
    parse: ([x1, y1, x2, y2]) => boxOf({ x: x1!, y: y1! }, { x: x2!, y: y2! }),
    print: ({ high, low }) => `${printPoint(high)},${printPoint(low)}`,
  });

export const pathCodec = (): Codec =>
  geometryCodec<Path>({
    form: "Path",
    castType: "path",
    equals: null,
    fields: "closed, points (at least one)",
    pattern: withPoints(/^(?:\[P(?:,P)*\]|\(P(?:,P)*\)|P(?:,P)*)$/),
    isValid: ({ closed, points: list }) => typeof closed === "boolean" && arePoints(list),
    json: objectSchema({ closed: { type: "boolean" }, points: POINTS_JSON }),
    parse: (numbers, text) => ({ closed: !text.trimStart().startsWith("["), points: points(numbers) }),
    print: ({ closed, points: list }) => (closed ? `(${printPoints(list)})` : `[${printPoints(list)}]`),
  });

export const polygonCodec = (): Codec =>
  geometryCodec<Polygon>({
    form: "Polygon",
    castType: "polygon",
    equals: "~=",
    fields: "points (at least one)",
    pattern: withPoints(/^(?:\(P(?:,P)*\)|P(?:,P)*)$/),
    isValid: ({ points: list }) => arePoints(list),
    json: objectSchema({ points: POINTS_JSON }),
    parse: numbers => ({ points: points(numbers) }),
    print: ({ points: list }) => `(${printPoints(list)})`,
  });

export const circleCodec = (): Codec =>
  geometryCodec<Circle>({
    form: "Circle",
    castType: "circle",
    equals: "~=",
    fields: "center (a point), radius (non-negative)",
    pattern: withPoints(/^(?:<P,0>|\(P,0\)|P,0)$/),
    isValid: ({ center, radius }) => isPoint(center) && isNumber(radius) && !(radius < 0),
    json: objectSchema({ center: POINT_JSON, radius: { type: "number", minimum: 0 } }),
    parse: ([x, y, radius]) => ({ center: { x: x!, y: y! }, radius: radius! }),
    print: ({ center, radius }) => `<${printPoint(center)},${printFloat(radius)}>`,
  });

interface Geometry<Value> {
  readonly form: string;
  readonly castType: string;
  readonly equals?: "~=" | null;
  /** The fields of an object, for messages. */
  readonly fields: string;
  /** Matches the text without spaces and with 0 for each number. */
  readonly pattern: RegExp;
  readonly isValid: (value: Record<string, unknown>) => boolean;
  readonly json: JsonSchema;
  readonly parse: (numbers: readonly number[], text: string) => Value;
  readonly print: (value: Value) => string;
}

function geometryCodec<Value>({ fields, isValid, parse, json, pattern, ...type }: Geometry<Value>): Codec {
  const parseText = (text: string): Value => parse(numbersOf(text, pattern), text);
  const count = fields.replaceAll(/\([^)]*\)/g, "").split(",").length;
  const check = (value: unknown): Problem | undefined =>
    isPlainObject(value) && Object.keys(value).length === count && isValid(value)
      ? undefined
      : problem(`a ${type.castType}, an object with ${fields}`, value);
  return scalarCodec<Value>({
    ...type,
    family: "geometry",
    json: { input: json },
    parse: parseText,
    decode: value => parseText(String(value)),
    check,
  });
}

const NUMBER = /[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?)|nan/gi;

/** The pattern with points for each P, which can be without parentheses. */
function withPoints({ source }: RegExp): RegExp {
  return new RegExp(source.replaceAll("P", String.raw`(?:\(0,0\)|0,0)`));
}

/** The numbers of a text that has the form of its type. */
function numbersOf(text: string, pattern: RegExp): readonly number[] {
  const numbers = text.match(NUMBER) ?? [];
  if (pattern.test(text.replace(NUMBER, "0").replaceAll(/\s+/g, ""))) return numbers.map(parseFloat64);
  throw new ValueError(`malformed geometric value: ${text.slice(0, 100)}`);
}

// A text can have any two opposite corners, as PostgreSQL reads them.
function boxOf(one: Point, other: Point): Box {
  const [right, left] = isFrom(one.x, other.x) ? [one.x, other.x] : [other.x, one.x];
  const [top, bottom] = isFrom(one.y, other.y) ? [one.y, other.y] : [other.y, one.y];
  return { high: { x: right, y: top }, low: { x: left, y: bottom } };
}

function points(numbers: readonly number[]): readonly Point[] {
  return Array.from({ length: numbers.length / 2 }, (_, index) => ({
    x: numbers[index * 2]!,
    y: numbers[index * 2 + 1]!,
  }));
}

function isNumber(value: unknown): value is number {
  return typeof value === "number";
}

// PostgreSQL sorts NaN above every other number.
function isFrom(high: number, low: number): boolean {
  return Number.isNaN(high) || high >= low;
}

function isPoint(value: unknown): value is Point {
  return (
    isPlainObject(value) && isNumber(value["x"]) && isNumber(value["y"]) && Object.keys(value).length === 2
  );
}

function arePoints(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isPoint);
}

function printPoint({ x, y }: Point): string {
  return `(${printFloat(x)},${printFloat(y)})`;
}

function printPoints(list: readonly Point[]): string {
  return list.map(printPoint).join(",");
}
