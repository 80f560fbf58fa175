/** What a valibot schema says of a column. */
export interface Draft {
  /** A type's name as `columnType` reads it. */
  readonly type: string;
  readonly nullable: boolean;
  /** The value of an optional entry, undefined without one. */
  readonly default: unknown;
  readonly rules: readonly Rule[];
}

/** What values have to be, beyond their type. */
export type Rule =
  | { readonly operator: Operator; readonly value: unknown }
  | { readonly oneOf: readonly unknown[] }
  | { readonly notEmpty: true }
  | {
      readonly measure: "char_length" | "octet_length" | "cardinality";
      readonly operator: Operator;
      readonly size: number;
    };

export type Operator = "=" | ">=" | "<=" | ">" | "<";

export function draftOf(type: string, rules: readonly Rule[] = []): Draft {
  return { type, nullable: false, default: undefined, rules };
}

/** The draft with one rule more. */
export function withRule(draft: Draft, rule: Rule): Draft {
  return { ...draft, rules: [...draft.rules, rule] };
}
