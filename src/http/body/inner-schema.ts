import { isPlainObject } from "../../schema/arguments.ts";

/** The parts of a valibot schema that say which values JSON has no form for. */
export interface ValueSchema {
  readonly type?: string;
  readonly expects?: string;
  readonly wrapped?: ValueSchema;
  /** Of an array. */
  readonly item?: ValueSchema;
  /** Of a tuple. */
  readonly items?: readonly ValueSchema[];
  /** Of the other parts of a tuple or an object. */
  readonly rest?: ValueSchema;
  readonly entries?: Readonly<Record<string, ValueSchema>>;
  /** Of a record. */
  readonly value?: ValueSchema;
  /** The member that decides the option of `v.variant`; that of a record is a schema. */
  readonly key?: unknown;
  /** Of `v.union` and `v.variant`; those of other types are values. */
  readonly options?: readonly ValueSchema[];
  readonly getter?: (input: unknown) => ValueSchema;
}

/** The schema that describes a value: inside of `v.optional` and the like, and the option of a union that accepts the value. */
export function innerSchema(given: ValueSchema, value: unknown, accepts: Accepts): ValueSchema {
  let schema = given;
  for (;;) {
    const inner: ValueSchema | undefined =
      schema.wrapped ?? schema.getter?.(value) ?? chosenOption(schema, value, accepts);
    if (inner === undefined) return schema;
    schema = inner;
  }
}

type Accepts = (option: ValueSchema, value: unknown) => boolean;

function chosenOption(
  { type, key, options }: ValueSchema,
  value: unknown,
  accepts: Accepts,
): ValueSchema | undefined {
  if (type === "union") return options?.find(option => accepts(option, value));
  if (type !== "variant" || typeof key !== "string" || !isPlainObject(value)) return undefined;
  const isOf = (option: ValueSchema): boolean => {
    const member = option.entries?.[key];
    return member === undefined ? accepts(option, value) : accepts(member, value[key]);
  };
  return options?.find(isOf);
}
