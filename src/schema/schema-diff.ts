import { requireOptions, requireSnapshot } from "./arguments.ts";
import { type Comparable, comparable, comparableRelation } from "./normal-form.ts";
import { PARTITION_OPTIONS, type PartitionOptions } from "./partitions.ts";
import { fullName } from "./relation-name.ts";
import type { AnySchema, Column, PgType, Relation, RelationName } from "./snapshot.ts";

/**
 * The differences between two snapshots as readable lines.
 * @param before a snapshot
 * @param after a snapshot
 * @param options `partitions: true` includes partitions
 * @returns one line per difference, ordered by table; empty exactly if the fingerprints are equal
 * @throws SnapshotError for a snapshot that an earlier or later version of rowfn stored
 * @example `schemaDiff(stored, await loadSchema(sql))`: lines such as
 * `column public.album.title: type character varying(160) → text` and `table public.genre: removed`
 */
export function schemaDiff(before: AnySchema, after: AnySchema, options: PartitionOptions = {}): string[] {
  requireSnapshot(before);
  requireSnapshot(after);
  requireOptions("schemaDiff", options, PARTITION_OPTIONS);
  return differences(comparable(before, options), comparable(after, options));
}

/** The differences between two tables whose expressions are equal, as readable lines. */
export function relationDifferences(before: Relation, after: Relation): string[] {
  return relationChanges(fullName(after), comparableRelation(before), comparableRelation(after));
}

function differences(before: Comparable, after: Comparable): string[] {
  return [
    ...namedChanges(
      "schema ",
      named(before.schemas),
      named(after.schemas),
      () => "schema ",
      () => [],
    ),
    ...namedChanges(
      "schema ",
      new Map(before.schemaComments),
      new Map(after.schemaComments),
      () => "comment of schema ",
      (name, a, b) => fieldChanges(name, { comment: a }, { comment: b }),
    ),
    ...objectChanges("extension", byName(before.extensions), byName(after.extensions)),
    ...objectChanges("collation", byKey(before.collations), byKey(after.collations)),
    ...functionChanges(before.functions, after.functions),
    ...namedChanges("", byIdentity(before.objects), byIdentity(after.objects), () => "", definitionChanges),
    ...namedChanges("", byKey(before.relations), byKey(after.relations), describeRelation, relationChanges),
    ...objectChanges("sequence", byKey(before.sequences), byKey(after.sequences)),
    ...objectChanges("type", new Map<string, PgType>(before.types), new Map<string, PgType>(after.types)),
  ];
}

function named(names: readonly string[]): Map<string, string> {
  return new Map(names.map(name => [name, name]));
}

function byKey<Thing extends RelationName>(things: readonly Thing[]): Map<string, Thing> {
  return new Map(things.map(thing => [fullName(thing), thing]));
}

function byIdentity(objects: Comparable["objects"]): Map<string, object> {
  return new Map(objects.map(one => [`${one.kind} ${one.identity}`, one]));
}

function functionChanges(before: Comparable["functions"], after: Comparable["functions"]): string[] {
  if (before === null || after === null)
    return before === after
      ? []
      : [`functions: ${before ? "read" : "not read"} → ${after ? "read" : "not read"}`];
  const bySignature = (list: NonNullable<Comparable["functions"]>): Map<string, object> =>
    new Map(list.map(one => [one.signature, one]));
  return namedChanges(
    "function ",
    bySignature(before),
    bySignature(after),
    () => "function ",
    definitionChanges,
  );
}

// A definition may have many lines.
function definitionChanges(name: string, before: object, after: object): string[] {
  const [{ comment: old, ...a }, { comment, ...b }] = [fieldsOf(before), fieldsOf(after)];
  return [
    ...(Bun.deepEquals(a, b) ? [] : [`${name}: definition changed`]),
    ...fieldChanges(name, { comment: old }, { comment }),
  ];
}

function describeRelation({ kind }: Relation): string {
  return kind === "view" || kind === "materializedView" ? "view " : "table ";
}

function objectChanges(
  noun: string,
  before: ReadonlyMap<string, object>,
  after: ReadonlyMap<string, object>,
): string[] {
  return namedChanges(
    `${noun} `,
    before,
    after,
    () => `${noun} `,
    (name, a, b) => fieldChanges(name, fieldsOf(a), fieldsOf(b)),
  );
}

/** One line per added or removed object, and the changes of objects in both snapshots. */
function namedChanges<Thing>(
  prefix: string,
  before: ReadonlyMap<string, Thing>,
  after: ReadonlyMap<string, Thing>,
  noun: (thing: Thing) => string,
  changes: (name: string, before: Thing, after: Thing) => readonly string[],
): string[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap(name => {
    const [a, b] = [before.get(name), after.get(name)];
    if (a === undefined) return [`${noun(b!)}${name}: added`];
    if (b === undefined) return [`${noun(a)}${name}: removed`];
    return a === b ? [] : changes(`${prefix}${name}`, a, b);
  });
}

const KEYED = [
  "columns",
  "uniqueKeys",
  "indexes",
  "foreignKeys",
  "checks",
  "exclusions",
  "userTriggers",
] as const;
const ELSEWHERE: ReadonlySet<string> = new Set<string>([...KEYED, "definition", "primaryKey"]);
const NOUNS = {
  columns: "column",
  uniqueKeys: "unique key",
  indexes: "index",
  foreignKeys: "foreign key",
  checks: "check",
  exclusions: "exclusion",
  userTriggers: "trigger",
} as const;

function relationChanges(name: string, before: Relation, after: Relation): string[] {
  return [
    ...fieldChanges(
      `${describeRelation(after)}${name}`,
      fieldsOf(before, ELSEWHERE),
      fieldsOf(after, ELSEWHERE),
    ),
    // A query may have many lines.
    ...(before.definition === after.definition ? [] : [`view ${name}: definition changed`]),
    ...columnOrder(name, before.columns, after.columns),
    ...fieldChanges(`table ${name}: primary key`, fieldsOf(before.primaryKey), fieldsOf(after.primaryKey)),
    ...KEYED.flatMap(part =>
      namedChanges(
        `${name}.`,
        byName(before[part]),
        byName(after[part]),
        () => `${NOUNS[part]} ${name}.`,
        partChanges(NOUNS[part]),
      ),
    ),
  ];
}

function byName(things: readonly { readonly name: string }[]): Map<string, object> {
  return new Map(things.map(thing => [thing.name, thing]));
}

function partChanges(noun: string): (name: string, before: object, after: object) => string[] {
  return (name, before, after) => fieldChanges(`${noun} ${name}`, fieldsOf(before), fieldsOf(after));
}

function columnOrder(name: string, before: readonly Column[], after: readonly Column[]): string[] {
  const both = (columns: readonly Column[], others: readonly Column[]): readonly string[] =>
    columns.filter(column => others.some(other => other.name === column.name)).map(column => column.name);
  const [a, b] = [both(before, after), both(after, before)];
  return Bun.deepEquals(a, b) ? [] : [`table ${name}: column order ${changeText(a, b, namesText)}`];
}

function fieldsOf(thing: object | null, without: ReadonlySet<string> = new Set()): Record<string, unknown> {
  return Object.fromEntries(Object.entries(thing ?? {}).filter(([field]) => !without.has(field)));
}

function fieldChanges(
  name: string,
  before: Record<string, unknown>,
  after: Record<string, unknown>,
): string[] {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return fields.flatMap(field => {
    const [a, b] = [before[field] ?? null, after[field] ?? null];
    if (JSON.stringify(a) === JSON.stringify(b)) return [];
    return [`${name}:${field === "" ? "" : ` ${words(field)}`} ${changeText(a, b, valueText)}`];
  });
}

/** The two values, as JSON where they are different values with one text. */
function changeText<Value>(before: Value, after: Value, print: (value: Value) => string): string {
  const isSame = print(before) === print(after);
  const [a, b] = [before, after].map(value =>
    isSame && value !== null ? JSON.stringify(value) : print(value),
  );
  return `${a} → ${b}`;
}

function namesText(names: readonly string[]): string {
  return names.join(", ");
}

function words(field: string): string {
  return field.replaceAll(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`);
}

function valueText(value: unknown): string {
  if (value === undefined || value === null) return "none";
  return typeof value === "string" ? value : JSON.stringify(value);
}
