import { deriveByKey } from "../../schema/derived.ts";
import { isSystemType, partsOf } from "../../schema/pg-type.ts";
import { relationId } from "../../schema/relation-name.ts";
import type { AnySchema, DomainType, RelationName } from "../../schema/snapshot.ts";

const STRING = /[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'/g;

/** The name of a type as PostgreSQL prints it in expressions and signatures: `public.mood`. */
export function typeNamePattern({ schema, name }: RelationName): RegExp {
  return new RegExp(`(?<![\\w$".])${namePattern(schema)}\\.${namePattern(name)}(?![\\w$"])`, "g");
}

function namePattern(name: string): string {
  return `(?:${RegExp.escape(name)}|"${RegExp.escape(name.replaceAll('"', '""'))}")`;
}

/** Whether an expression that PostgreSQL printed names one of the types, as a cast does. */
export function namesType(sql: string, types: readonly RelationName[]): boolean {
  // Most texts contain none of the names, and a pattern takes much longer.
  const candidates = types.filter(({ name }) => sql.includes(name.replaceAll('"', '""')));
  return matches(sql, candidates.map(typeNamePattern));
}

/** Whether an expression that PostgreSQL printed may read one of the attributes of a composite value: `(place).x`. */
export function readsAttribute(sql: string, attributes: ReadonlySet<string>): boolean {
  return matches(
    sql,
    [...attributes].map(name => new RegExp(`\\.${namePattern(name)}(?![\\w$"(])`)),
  );
}

function matches(sql: string, patterns: readonly RegExp[]): boolean {
  if (patterns.length === 0) return false;
  const text = sql.replaceAll(STRING, "''");
  return patterns.some(pattern => pattern.test(text));
}

/** The keys of the types that a type consists of, and of those that the checks and the default of a domain name. */
export function neededTypes({ types }: Pick<AnySchema, "types">, key: string): readonly string[] {
  const type = types[key]!;
  const texts = type.kind === "domain" ? domainTexts(type) : [];
  if (texts.length === 0) return partsOf(type);
  const named = Object.entries(types).filter(
    ([, other]) => other !== type && !isSystemType(other) && texts.some(text => namesType(text, [other])),
  );
  return [...partsOf(type), ...named.map(([name]) => name)];
}

function domainTexts({ checks, default: value }: DomainType): readonly string[] {
  return [...checks.map(({ expression }) => expression), ...(value === null ? [] : [value])];
}

/** The ids of a type and of everything that it consists of. */
export const partIds: (types: AnySchema["types"], key: string) => ReadonlySet<string> = deriveByKey(
  (types, key) => {
    const type = types[key];
    if (type === undefined) return new Set();
    return new Set([relationId(type), ...partsOf(type).flatMap(part => [...partIds(types, part)])]);
  },
);

/** Whether a type is the type of an id, or has a part of that type. */
export function consistsOf({ types }: Pick<AnySchema, "types">, key: string, id: string): boolean {
  return partIds(types, key).has(id);
}
