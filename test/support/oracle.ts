// The value that PostgreSQL should store, computed without the code under test.

/** The stored value: its text, its JSON, and whether it equals the value's own text parsed as the type. */
export interface Stored {
  readonly text: string;
  readonly json: string;
  readonly same: boolean | null;
}

/** The text with which PostgreSQL compares the value; undefined if the value has none. */
export function plainText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean")
    return String(value);
  return undefined;
}

/** Whether the stored value equals the value. */
export function isSame(type: string, value: unknown, stored: Stored): boolean {
  try {
    return isSameOf(type, value, stored);
  } catch {
    return false;
  }
}

function isSameOf(type: string, value: unknown, stored: Stored): boolean {
  if (type.endsWith("[]") || type === "pair" || type === "json" || type === "jsonb")
    return sameJson(value, stored);
  if (/^(int[248]|oid|score)$/.test(type)) return BigInt(value as number) === BigInt(stored.text);
  if (type === "float8") return Object.is(Number(stored.text), value);
  if (type === "float4") return Object.is(Math.fround(Number(stored.text)), Math.fround(value as number));
  if (/^(char|bpchar)/.test(type)) return stored.text === (value as string).replace(/ +$/, "");
  if (/^(text|varchar|name|"char"|mood|short_code|bool|bit|varbit)/.test(type))
    return stored.text === String(value);
  if (type === "uuid")
    return stored.text.replaceAll("-", "") === (value as string).replaceAll(/[{}-]/g, "").toLowerCase();
  if (type === "bytea") return stored.text === `\\x${Buffer.from(value as Uint8Array).toString("hex")}`;
  if (/^timestamp/.test(type)) return isSameTimestamp(value as Date | string, stored.text);
  if (/^(?:point|circle|line|lseg|box|path|polygon)$/.test(type)) return sameNumbers(value, stored.text);
  if (type.endsWith("range")) return sameRange(value, stored);
  if (/^(date|time|interval)/.test(type))
    return stored.same === true && sameFraction(value as string, stored.text);
  return stored.same === true;
}

function sameJson(value: unknown, { json }: Stored): boolean {
  return Bun.deepEquals(normalize(JSON.parse(json)), normalize(value));
}

// Numbers are compared by value, however they are written; -0 is 0 in JSON.
function normalize(value: unknown): unknown {
  if (typeof value === "number") return value === 0 ? 0 : Number.isFinite(value) ? value : String(value);
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "string" && value !== "" && !Number.isNaN(Number(value)) && !/\s/.test(value))
    return Number(value) || 0;
  if (ArrayBuffer.isView(value)) return Array.from(value as Int32Array);
  if (Array.isArray(value)) return value.map(normalize);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, normalize(part)]));
}

function fraction(text: string): string {
  return (/\d\.(\d+)/.exec(text)?.[1] ?? "").replace(/0+$/, "");
}

function sameFraction(value: string, text: string): boolean {
  return fraction(value) === fraction(text);
}

const MOMENT =
  /^(\d+)-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d(?::?\d\d)?(?::\d\d)?)?( BC)?$/;

/** Microseconds since 1970: two spellings of the same timestamp are the same number. */
function microseconds(text: string): bigint | string {
  const match = MOMENT.exec(text);
  if (match === null) return text;
  const [, year, month, day, hour, minute, second = "0", part = "", zone = "Z", bc] = match;
  if (Number(minute) > 59 || Number(second) > 59 || Number(hour) > 23) return `${text} rolled over`;
  const [, sign, zoneHours = "0", zoneMinutes = "0", zoneSeconds = "0"] =
    /^([+-])(\d\d):?(\d\d)?:?(\d\d)?/.exec(zone) ?? [];
  const offset =
    (Number(zoneHours) * 3600 + Number(zoneMinutes) * 60 + Number(zoneSeconds)) * (sign === "-" ? -1 : 1);
  const days = daysSince1970(bc === undefined ? Number(year) : 1 - Number(year), Number(month), Number(day));
  const seconds = days * 86_400 + Number(hour) * 3600 + Number(minute) * 60 + Number(second) - offset;
  return BigInt(seconds) * 1_000_000n + BigInt(part.replace(/0+$/, "").padEnd(6, "0"));
}

// Through a year with the same calendar that Date can represent: 400 years are 146,097 days.
function daysSince1970(year: number, month: number, day: number): number {
  const cycles = Math.floor((year - 1970) / 400);
  return Date.UTC(year - cycles * 400, month - 1, day) / 86_400_000 + cycles * 146_097;
}

function isSameTimestamp(value: Date | string, text: string): boolean {
  if (!(value instanceof Date)) return microseconds(value) === microseconds(text);
  if (text.endsWith("infinity")) return Math.abs(value.getTime()) === 8.64e15;
  return BigInt(value.getTime()) * 1000n === microseconds(text);
}

function sameNumbers(value: unknown, text: string): boolean {
  const leaves = (part: unknown): unknown[] =>
    typeof part === "object" ? Object.values(part as object).flatMap(leaves) : [part];
  if (typeof value === "object" && value !== null && "closed" in value) {
    const { closed, ...rest } = value;
    return closed === text.startsWith("(") && sameNumbers(rest, text);
  }
  const numbers = [...text.matchAll(/[^(),<>[\]{}]+/g)].map(([number]) => Number(number));
  return Bun.deepEquals(numbers, leaves(value));
}

interface RangeValue {
  readonly lower: unknown;
  readonly upper: unknown;
  readonly bounds: string;
}

// A discrete range is stored in its canonical form, so the comparison is left to PostgreSQL.
function sameRange(value: unknown, { same, text }: Stored): boolean {
  return typeof value === "string" ? same === true || text === value : same !== false;
}

/** The text of a range, printed without rowfn. */
export function rangeText(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || !("bounds" in value)) return undefined;
  const { lower, upper, bounds } = value as RangeValue;
  const bound = (part: unknown): string =>
    part === null ? "" : `"${part instanceof Date ? part.toISOString() : String(part)}"`;
  return `${bounds[0]}${bound(lower)},${bound(upper)}${bounds[1]}`;
}
