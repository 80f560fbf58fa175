import { ValueError } from "../errors.ts";
import { isPlainObject } from "../schema/arguments.ts";
import type { Codec, Problem } from "./codec.ts";
import { NULL_PROBLEM, problem, problemAt } from "./problem.ts";
import { parseRecordLiteral, printRecordLiteral } from "./record-literal.ts";
import { canGroup } from "./type-operators.ts";

/** A field of a composite type with its codec. */
export interface CompositeField {
  readonly name: string;
  readonly codec: Codec;
}

/** The codec of a composite type: an object with all its fields, null for NULL. */
export function compositeCodec(castType: string, fields: readonly CompositeField[]): Codec {
  const parse = (text: string): unknown => fieldValues(fields, parseRecordLiteral(text));
  return Object.freeze({
    form: objectType(fields.map(({ name, codec }) => [name, codec.form])),
    input: objectType(fields.map(({ name, codec }) => [name, codec.input])),
    castType,
    readCast: "",
    decode: parse as (value: unknown) => unknown,
    parse,
    check: (value: unknown) => checkFields(fields, value),
    print: ((value: Record<string, unknown>) =>
      printRecordLiteral(fields.map(field => fieldText(field, value)))) as Codec["print"],
    equals: fields.every(({ codec }) => canGroup(codec)) ? "=" : null,
    shape: Object.freeze({ kind: "composite", fields }),
  });
}

function objectType(fields: readonly (readonly [name: string, type: string])[]): string {
  return `{ ${fields.map(([name, type]) => `${JSON.stringify(name)}: ${type} | null`).join("; ")} }`;
}

function fieldValues(
  fields: readonly CompositeField[],
  texts: readonly (string | null)[],
): Record<string, unknown> {
  // Fields that were added to the type follow the others, but without a dropped one the others have different places.
  if (texts.length < fields.length)
    throw new ValueError(
      `a composite value has ${texts.length} of ${fields.length} fields, so its type has changed since the snapshot was loaded; load the snapshot again`,
    );
  return Object.fromEntries(
    fields.map(({ name, codec }, index) => {
      const text = texts[index] ?? null;
      return [name, text === null ? null : codec.parse(text)];
    }),
  );
}

function checkFields(fields: readonly CompositeField[], value: unknown): Problem | undefined {
  const expected = `an object with the fields ${fields.map(({ name }) => name).join(", ")}`;
  // Operators and raw SQL are recognized by their symbols.
  if (!isPlainObject(value) || Object.getOwnPropertySymbols(value).length > 0)
    return problem(expected, value);
  for (const { name, codec } of fields) {
    if (!Object.hasOwn(value, name))
      return problemAt(name, { expected: "a value or null", received: "nothing" });
    const rejected = value[name] !== null ? codec.check(value[name]) : codec.rejectsNull && NULL_PROBLEM;
    if (rejected) return problemAt(name, rejected);
  }
  const unknown = Object.keys(value).find(key => fields.every(({ name }) => name !== key));
  return unknown === undefined
    ? undefined
    : problemAt(unknown, {
        expected: `only the fields ${fields.map(({ name }) => name).join(", ")}`,
        received: "an unknown field",
      });
}

function fieldText({ name, codec }: CompositeField, value: Record<string, unknown>): string | null {
  const field = value[name];
  return field === null ? null : codec.print(field);
}
