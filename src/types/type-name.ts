import { type BuiltinType, CATALOGUE } from "./catalogue.ts";
import { packModifier, printModifier } from "./modifier.ts";

/** A built-in type as SQL text names it. */
export interface NamedType {
  /** pg_type.typname. */
  readonly key: string;
  readonly typmod: number;
  /** The name that PostgreSQL prints, with the modifier: `character varying(120)`. */
  readonly printed: string;
}

interface Spelling {
  readonly key: string;
  readonly type: BuiltinType;
  readonly isUnbounded: boolean;
}

let spellings: ReadonlyMap<string, Spelling> | undefined;

function allSpellings(): ReadonlyMap<string, Spelling> {
  spellings ??= new Map(Object.entries(CATALOGUE).flatMap(([key, type]) => spellingsOf(key, type)));
  return spellings;
}

function spellingsOf(key: string, type: BuiltinType): readonly (readonly [string, Spelling])[] {
  const names = (type.names ?? [key]).map(name => [name, { key, type, isUnbounded: false }] as const);
  return type.unbounded === undefined
    ? names
    : [...names, [type.unbounded, { key, type, isUnbounded: true }] as const];
}

/** Every name of a built-in type, in lower case and with single blanks. */
export function builtinNames(): readonly string[] {
  return [...allSpellings().keys()];
}

// The modifier comes before `with time zone`.
const MODIFIED = /^([^()]+?)\s*(?:\(\s*(-?\d+(?:\s*,\s*-?\d+)?)\s*\))?((?:\s+with(?:out)?\s+time\s+zone)?)$/;

/**
 * The built-in type of a name in any spelling: `varchar(120)`, `timestamp (3) with time zone`; undefined for every
 * other text. Throws ArgumentError for a modifier that the type cannot have.
 */
export function parseTypeName(text: string): NamedType | undefined {
  const [, name, modifier, zone] = MODIFIED.exec(text.toLowerCase().replaceAll(/\s+/g, " ")) ?? [];
  const spelling = name === undefined ? undefined : allSpellings().get(name + zone);
  if (spelling === undefined) return undefined;
  const { key, type, isUnbounded } = spelling;
  const kind = isUnbounded ? undefined : type.modifier;
  const plain = isUnbounded || type.plain === undefined ? [] : [type.plain];
  const numbers = modifier === undefined ? plain : modifier.split(",").map(Number);
  const typmod = numbers.length === 0 ? -1 : packModifier(kind, numbers, text);
  return { key, typmod, printed: printTypeName(key, type, typmod) };
}

function printTypeName(key: string, { printed, modifier, unbounded }: BuiltinType, typmod: number): string {
  if (unbounded !== undefined && typmod === -1) return unbounded;
  return (printed ?? key).replace("%", printModifier(modifier, typmod));
}

/** A printed type with PostgreSQL's own short name in place of the standard's long one: `timestamptz(3)[]`. */
export function shortTypeName(printed: string): string {
  const [, base = "", brackets = ""] = /^(.*?)((?:\[\])*)$/.exec(printed) ?? [];
  if (!base.includes(" ")) return printed;
  const named = parseTypeName(base);
  if (named === undefined) return printed;
  return `${named.key}${printModifier(CATALOGUE[named.key]!.modifier, named.typmod)}${brackets}`;
}
