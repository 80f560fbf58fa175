import { SettingsError } from "../errors.ts";
import { type PgType, partsOf } from "./pg-type.ts";
import type { AnySchema } from "./snapshot.ts";

type ExactSetting =
  | "DateStyle"
  | "IntervalStyle"
  | "extra_float_digits"
  | "array_nulls"
  | "bytea_output"
  | "xmloption"
  | "gin_fuzzy_search_limit";

/**
 * The settings of a session in which PostgreSQL reads and prints every value exactly. `connect` sends them; pass
 * them as `connection` to your own handle.
 * @example `const sql = new SQL(process.env.DATABASE_URL!, { connection: EXACT_SETTINGS })`
 */
export const EXACT_SETTINGS: Readonly<Record<ExactSetting, string>> = Object.freeze({
  DateStyle: "ISO, MDY",
  IntervalStyle: "postgres",
  extra_float_digits: "1",
  array_nulls: "on",
  bytea_output: "hex",
  xmloption: "content",
  gin_fuzzy_search_limit: "0",
});

// A pool of Bun's SQL sends UTF8 by itself.
const CHECKED_SETTINGS = Object.freeze({
  ...EXACT_SETTINGS,
  client_encoding: "UTF8",
});

/** The effect of any other value. */
const REASONS = {
  DateStyle: "dates and timestamps cannot be read",
  IntervalStyle: "intervals change their text and the meaning of their signs",
  extra_float_digits: "floating-point numbers are rounded when they are read",
  array_nulls: "NULL in an array is stored as a string",
  bytea_output: "bytea cannot be read",
  xmloption: "XML content without a root element is rejected",
  client_encoding: "strings are stored in a different encoding",
  gin_fuzzy_search_limit: "index scans leave out rows",
};

/** The settings of a session, and how it writes money. */
export interface SessionSettings {
  readonly values: Readonly<Record<string, string>>;
  readonly moneyDecimals: number;
  /** The text of -1234.50. */
  readonly moneyText: string;
  readonly moneyLocale: string;
}

const NAMES = Object.keys(CHECKED_SETTINGS) as (keyof typeof CHECKED_SETTINGS)[];

/** SQL that returns the `values` of `SessionSettings` as JSON. */
export const SETTING_VALUES_SQL: string = `pg_catalog.json_build_object(${NAMES.map(name => `'${name}', pg_catalog.current_setting('${name}')`).join(", ")})`;

/** SQL that returns `SessionSettings` as JSON. */
export const SESSION_SETTINGS_SQL: string = `pg_catalog.json_build_object(
  'values', ${SETTING_VALUES_SQL},
  'moneyDecimals', pg_catalog.scale('0'::money::numeric), 'moneyText', (-1234.5)::numeric::money::text,
  'moneyLocale', pg_catalog.current_setting('lc_monetary'))`;

/** A setting that changes values, and its effect. */
export interface InexactSetting {
  readonly name: string;
  readonly value: string;
  readonly reason: string;
}

/** The settings of a session that change values. */
export function inexactSettings({ values }: Pick<SessionSettings, "values">): readonly InexactSetting[] {
  return NAMES.filter(name => !isExact(name, values[name] ?? CHECKED_SETTINGS[name])).map(name => ({
    name,
    value: values[name]!,
    reason: REASONS[name],
  }));
}

/** The settings and their effects, for a message. */
export function describeSettings(settings: readonly InexactSetting[]): string {
  return settings.map(({ name, value, reason }) => `${name} = ${value} (${reason})`).join(", ");
}

// From 1 on, PostgreSQL prints the shortest exact text (manual 20.11.2). The order of DateStyle matters only for input that
// rowfn never sends.
function isExact(name: keyof typeof CHECKED_SETTINGS, value: string): boolean {
  if (name === "extra_float_digits") return Number(value) >= 1;
  return name === "DateStyle" ? value.startsWith("ISO") : value === CHECKED_SETTINGS[name];
}

/** Throws SettingsError if the session changes values that it reads or stores. */
export function requireExactSettings(schema: AnySchema, session: SessionSettings): void {
  const found = inexactSettings(session);
  if (found.length > 0) {
    const list = describeSettings(found);
    throw new SettingsError(
      `the session does not keep values exact: ${list}; open the handle with connect(url) or new SQL(url, { connection: EXACT_SETTINGS }), or set them for role ${schema.role}`,
    );
  }
  requireExactMoney(schema, session);
}

function requireExactMoney({ types }: AnySchema, session: SessionSettings): void {
  if (!Object.hasOwn(types, "money")) return;
  if (session.moneyDecimals !== 2)
    throw new SettingsError(
      `lc_monetary = ${session.moneyLocale} stores money with ${session.moneyDecimals} decimals, but rowfn reads and writes 2; use numeric columns`,
    );
  // Money itself is exchanged as numeric, but inside such a value it cannot be cast separately.
  const outer = Object.entries(types).find(([key, type]) => isNesting(type) && contains(types, key, "money"));
  if (outer !== undefined && !/^-\$?1,?234\.50$/.test(session.moneyText))
    throw new SettingsError(
      `lc_monetary = ${session.moneyLocale} prints -1234.50 as ${session.moneyText}, so money inside ${outer[0]} would change; open the handle with connection: { lc_monetary: "C" }, or use numeric fields`,
    );
}

function isNesting({ kind }: PgType): boolean {
  return kind === "composite" || kind === "range" || kind === "multirange";
}

function contains(types: AnySchema["types"], key: string, wanted: string): boolean {
  const type = Object.hasOwn(types, key) ? types[key] : undefined;
  return key === wanted || (type !== undefined && partsOf(type).some(part => contains(types, part, wanted)));
}
