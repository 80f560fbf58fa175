import { quoteIdentifier, quoteLiteral, quoteName } from "../../schema/quote.ts";
import type { CompositeType, DomainType, EnumType, RangeType, RelationName } from "../../schema/snapshot.ts";
import { checkConstraintSql } from "./constraint-definition.ts";

/** `CREATE TYPE "public"."mood" AS ENUM ('sad', 'happy')`. */
export function createEnumTypeSql(type: RelationName & Pick<EnumType, "labels">): string {
  return `CREATE TYPE ${quoteName(type)} AS ENUM (${type.labels.map(quoteLiteral).join(", ")})`;
}

/** `ALTER TYPE "public"."mood" ADD VALUE 'ok' BEFORE 'happy'`; without a place the label comes last. */
export function addLabelSql(
  type: RelationName,
  label: string,
  { before, after, ifNotExists = false }: LabelPlace,
): string {
  const neighbor = before ?? after;
  const place =
    neighbor === undefined ? "" : ` ${before === undefined ? "AFTER" : "BEFORE"} ${quoteLiteral(neighbor)}`;
  return `ALTER TYPE ${quoteName(type)} ADD VALUE ${ifNotExists ? "IF NOT EXISTS " : ""}${quoteLiteral(label)}${place}`;
}

interface LabelPlace {
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly ifNotExists?: boolean | undefined;
}

/** `CREATE DOMAIN "public"."code" AS character varying(4) NOT NULL CONSTRAINT "code_check" CHECK (...)`, without NOT VALID checks. */
export function createDomainSql(domain: DomainType): string {
  return [
    `CREATE DOMAIN ${quoteName(domain)} AS ${domain.baseType}`,
    ...(domain.collation === null ? [] : [`COLLATE ${domain.collation}`]),
    ...(domain.default === null ? [] : [`DEFAULT ${domain.default}`]),
    ...(domain.notNull ? ["NOT NULL"] : []),
    ...domain.checks.filter(({ validated }) => validated).map(checkConstraintSql),
  ].join(" ");
}

/** `CREATE TYPE "public"."pair" AS ("n" integer, "m" text)`. */
export function createCompositeTypeSql(type: CompositeType): string {
  return `CREATE TYPE ${quoteName(type)} AS (${type.attributes.map(attributeSql).join(", ")})`;
}

/** `"m" text COLLATE "C"`. */
export function attributeSql({ name, type, collation }: CompositeType["attributes"][number]): string {
  return `${quoteIdentifier(name)} ${type}${collation === null ? "" : ` COLLATE ${collation}`}`;
}

/** `CREATE TYPE` of a range type and of the multirange type that PostgreSQL creates with it. */
export function createRangeTypeSql(
  type: RangeType,
  subtype: RelationName,
  multirange: RelationName | undefined,
): string {
  const options = [
    ["SUBTYPE", quoteName(subtype)],
    ["SUBTYPE_OPCLASS", type.operatorClass],
    ["COLLATION", type.collation],
    ["CANONICAL", type.canonical],
    ["SUBTYPE_DIFF", type.subtypeDiff],
    ["MULTIRANGE_TYPE_NAME", multirange === undefined ? null : quoteName(multirange)],
  ] as const;
  const parts = options.flatMap(([name, value]) => (value === null ? [] : [`${name} = ${value}`]));
  return `CREATE TYPE ${quoteName(type)} AS RANGE (${parts.join(", ")})`;
}
