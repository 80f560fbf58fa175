import { ArgumentError } from "../errors.ts";

/** The beginnings of a path that can be the name of a relation, which can contain dots: `a` and `a.b` of `a.b.c`. */
export function pathBeginnings(path: string): readonly string[] {
  return [...path.matchAll(/\./g)].map(({ index }) => path.slice(0, index));
}

/**
 * The result of the one relation for which `resolve` does not throw. Throws the error of the first relation if there is none,
 * ArgumentError if there are several.
 * @param place the path, for messages
 */
export function onlyRelation<Result>(
  place: string,
  relations: readonly string[],
  resolve: (relation: string) => Result,
): Result {
  let failure: unknown;
  const found = relations.flatMap(name => {
    try {
      return [{ name, result: resolve(name) }];
    } catch (error) {
      failure ??= error;
      return [];
    }
  });
  const [only, ...others] = found;
  if (only === undefined) throw failure;
  if (others.length === 0) return only.result;
  const names = found.map(({ name }) => JSON.stringify(name)).join(" or ");
  throw new ArgumentError(`${place} is ambiguous; its relation is ${names}`);
}
