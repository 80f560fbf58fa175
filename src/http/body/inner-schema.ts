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

/** The schema inside of `v.optional`, `v.lazy` and the like. */
export function innerSchema(given: ValueSchema, value: unknown): ValueSchema {
  let schema = given;
  for (;;) {
    const inner: ValueSchema | undefined = schema.wrapped ?? schema.getter?.(value);
    if (inner === undefined) return schema;
    schema = inner;
  }
}
