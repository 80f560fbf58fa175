import { sequenceOptions } from "./build-sequences.ts";
import type { TypeKeys } from "./build-types.ts";
import type { CatalogRows, ColumnRow, ConstraintRow, RelationRow } from "./catalog-rows.ts";
import type { Column, PgType } from "./snapshot.ts";

/** What columns need to know of the whole catalog. */
export interface ColumnContext {
  readonly keys: TypeKeys;
  readonly types: Readonly<Record<string, PgType>>;
  /** `oid,typmod` → the type as PostgreSQL prints it. */
  readonly formats: ReadonlyMap<string, string>;
}

export function formatsOf(rows: CatalogRows): ReadonlyMap<string, string> {
  return new Map((rows.formats ?? []).map(([oid, typmod, text]) => [`${oid},${typmod}`, text]));
}

/** The columns of a relation in table order. */
export function buildColumns(context: ColumnContext, relation: RelationRow): readonly Column[] {
  const rows = relation[17] ?? [];
  const constraints = relation[18] ?? [];
  return rows.map(row => buildColumn(context, relation, constraints, row));
}

function buildColumn(
  context: ColumnContext,
  relation: RelationRow,
  constraints: readonly ConstraintRow[],
  row: ColumnRow,
): Column {
  const [
    name,
    position,
    oid,
    typmod,
    dimensions,
    attNotNull,
    expression,
    identity,
    generated,
    collation,
    comment,
  ] = row;
  const typeKey = context.keys.get(oid) ?? "text";
  const notNull = attNotNull || refusesNull(context.types, typeKey);
  const unproven = constraints.some(
    ({ type, notValid, key }) => type === "n" && notValid === true && key?.[0] === position,
  );
  const isView = relation[2] === "v" || relation[2] === "m";
  const privileges = row[11] ?? relation[10];
  return {
    name,
    position,
    type: context.formats.get(`${oid},${typmod}`) ?? typeKey,
    typeKey,
    typmod,
    dimensions,
    notNull,
    nullOnRead: isView ? "unknown" : notNull && !unproven ? "never" : "possible",
    default: generated === "" && identity === "" ? expression : null,
    identity: identity === "a" ? "always" : identity === "d" ? "byDefault" : null,
    identityOptions: row[14] && sequenceOptions(row[14]),
    generated: generated === "s" ? "stored" : generated === "v" ? "virtual" : null,
    generationExpression: generated === "" ? null : expression,
    collation,
    comment,
    privileges: {
      select: (privileges & 1) !== 0,
      insert: (privileges & 2) !== 0,
      update: (privileges & 4) !== 0,
    },
    updatable: generated === "" && (row[12] ?? true),
    isInherited: row[13],
  };
}

// A domain's NOT NULL does not show in attnotnull; it may sit on any domain of the chain.
function refusesNull(types: Readonly<Record<string, PgType>>, key: string): boolean {
  const type = types[key];
  return type?.kind === "domain" && (type.notNull || refusesNull(types, type.base));
}
