import { sequenceOptions } from "./build-sequences.ts";
import type { TypeKeys } from "./build-types.ts";
import { type Catalog, commentOf, ownCollation } from "./catalog.ts";
import type { ColumnRow, RelationRow } from "./catalog-rows.ts";
import { intArray } from "./int-list.ts";
import type { Column, PgType } from "./snapshot.ts";

/** What columns need to know of the whole catalog. */
export interface ColumnContext {
  readonly catalog: Catalog;
  readonly keys: TypeKeys;
  readonly types: Readonly<Record<string, PgType>>;
}

/** The columns of a relation in table order. */
export function buildColumns(context: ColumnContext, relation: RelationRow): readonly Column[] {
  const rows = context.catalog.columns.get(relation[1]) ?? [];
  const unproven = unprovenColumns(context.catalog, relation[1]);
  return rows
    .toSorted(([, , , , a], [, , , , b]) => a - b)
    .map(row => buildColumn(context, relation, row, unproven));
}

function buildColumn(
  { catalog, keys, types }: ColumnContext,
  relation: RelationRow,
  row: ColumnRow,
  unproven: readonly number[],
): Column {
  const [, oid, type, collation, position, typmod, flags, name, expression, letter] = row;
  const typeKey = keys.get(type) ?? "text";
  const notNull = (flags & 1) !== 0 || refusesNull(types, typeKey);
  const isView = relation[8][0] === "v" || relation[8][0] === "m";
  const isGenerated = letter === "s" || letter === "v";
  const access = catalog.access.get(oid)?.get(position);
  const identity = catalog.identities.get(oid)?.get(position);
  return {
    name,
    position,
    type: catalog.formats.get(type)?.get(typmod)?.[7] ?? typeKey,
    typeKey,
    typmod,
    dimensions: flags >> 2,
    notNull,
    nullOnRead: isView ? "unknown" : notNull && !unproven.includes(position) ? "never" : "possible",
    default: letter === "" ? expression : null,
    identity: letter === "a" ? "always" : letter === "d" ? "byDefault" : null,
    identityOptions: identity === undefined ? null : sequenceOptions(identity),
    generated: letter === "s" ? "stored" : letter === "v" ? "virtual" : null,
    generationExpression: isGenerated ? expression : null,
    collation: ownCollation(catalog, type, collation),
    comment: commentOf(catalog, "relation", oid, position),
    privileges: PRIVILEGES[(access?.[5] ?? relation[4]) & 7]!,
    updatable: !isGenerated && access?.[6] !== 0,
    isInherited: (flags & 2) !== 0,
  };
}

// Shared by all columns that have the same ones: a snapshot has many columns.
const PRIVILEGES: readonly Column["privileges"][] = Array.from({ length: 8 }, (_, mask) => ({
  select: (mask & 1) !== 0,
  insert: (mask & 2) !== 0,
  update: (mask & 4) !== 0,
}));

// Columns whose NOT NULL is not valid for the rows that were there before it.
function unprovenColumns({ constraints }: Catalog, relation: number): readonly number[] {
  return (constraints.get(relation) ?? [])
    .filter(({ 4: flags, 8: letters }) => letters[0] === "n" && (flags & 4) !== 0)
    .map(({ 9: key }) => intArray(key)[0] ?? 0);
}

// A domain's NOT NULL does not show in attnotnull; it may sit on any domain of the chain.
function refusesNull(types: Readonly<Record<string, PgType>>, key: string): boolean {
  const type = types[key];
  return type?.kind === "domain" && (type.notNull || refusesNull(types, type.base));
}
