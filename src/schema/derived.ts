// Everything that is computed from a snapshot or a part of it is cached here: weakly, by the frozen object. What carries
// meaning of its own belongs in the snapshot instead, under a symbol where JSON must not see it.

/**
 * A function that computes a value of an object once.
 * @param compute reads the object, and of the context only what is equal for all callers of the object
 */
export function derive<Source extends object, Value extends object | string, Context = void>(
  compute: (source: Source, context: Context) => Value,
): (source: Source, context: Context) => Value {
  const values = new WeakMap<Source, Value>();
  return (source, context) => {
    const known = values.get(source);
    if (known !== undefined) return known;
    const value = compute(source, context);
    values.set(source, value);
    return value;
  };
}

/** As `derive`, one value per key of the object. */
export function deriveByKey<Source extends object, Key, Value extends object | string, Context = void>(
  compute: (source: Source, key: Key, context: Context) => Value,
): (source: Source, key: Key, context: Context) => Value {
  const values = new WeakMap<Source, Map<Key, Value>>();
  return (source, key, context) => {
    const known = values.get(source)?.get(key);
    if (known !== undefined) return known;
    const value = compute(source, key, context);
    const byKey = values.get(source);
    if (byKey === undefined) values.set(source, new Map([[key, value]]));
    else byKey.set(key, value);
    return value;
  };
}
