import type { Check } from "./relation.ts";

export type PgType =
  | BaseType
  | ArrayType
  | EnumType
  | DomainType
  | CompositeType
  | RangeType
  | MultirangeType;

interface TypeName {
  readonly schema: string;
  readonly name: string;
  /** The extension that owns it: `citext`. */
  readonly extension: string | null;
  readonly comment: string | null;
}

export interface BaseType extends TypeName {
  readonly kind: "base";
  /** pg_type.typcategory: `N` number, `S` string, `D` date/time ... */
  readonly category: string;
}

export interface ArrayType extends TypeName {
  readonly kind: "array";
  /** Type key of the element. */
  readonly element: string;
  /** The character between elements: `,`, but `;` for box. */
  readonly delimiter: string;
}

export interface EnumType extends TypeName {
  readonly kind: "enum";
  readonly labels: readonly string[];
}

export interface DomainType extends TypeName {
  readonly kind: "domain";
  /** The type key of the base type, which may be an array or another domain. */
  readonly base: string;
  readonly baseTypmod: number;
  /** The base type as PostgreSQL prints it: `character varying(4)`. */
  readonly baseType: string;
  /** As `Column.collation`. */
  readonly collation: string | null;
  readonly notNull: boolean;
  readonly default: string | null;
  /** The columns are always empty; the expressions refer to VALUE. */
  readonly checks: readonly Check[];
}

export interface CompositeType extends TypeName {
  readonly kind: "composite";
  readonly attributes: readonly {
    readonly name: string;
    readonly type: string;
    readonly typeKey: string;
    readonly typmod: number;
    /** As `Column.collation`. */
    readonly collation: string | null;
  }[];
}

/** The options of CREATE TYPE ... AS RANGE other than the subtype and the name of the multirange. */
export interface RangeOptions {
  /** As SQL; null if it is the default of the subtype. */
  readonly operatorClass: string | null;
  /** As `Column.collation`. */
  readonly collation: string | null;
  /** The function that brings ranges into canonical form, as SQL. */
  readonly canonical: string | null;
  /** The function that subtracts values of the subtype, as SQL. */
  readonly subtypeDiff: string | null;
}

export interface RangeType extends TypeName, RangeOptions {
  readonly kind: "range";
  readonly subtype: string;
}

export interface MultirangeType extends TypeName {
  readonly kind: "multirange";
  readonly range: string;
}

/** Whether a type belongs to PostgreSQL itself. */
export function isSystemType({ schema }: Pick<TypeName, "schema">): boolean {
  return schema === "pg_catalog" || schema === "information_schema";
}

/** The keys of the types that a type consists of. */
export function partsOf(type: PgType): readonly string[] {
  switch (type.kind) {
    case "array":
      return [type.element];
    case "domain":
      return [type.base];
    case "range":
      return [type.subtype];
    case "multirange":
      return [type.range];
    case "composite":
      return type.attributes.map(({ typeKey }) => typeKey);
    default:
      return [];
  }
}
