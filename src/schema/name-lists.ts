/** Lists of names by their content. */
export type NameLists = Map<string, readonly (string | null)[]>;

/** The one list of these names: many keys are of `id` alone, and freezing each of them takes as long as making it. */
export function sharedNames<Name extends string | null>(
  lists: NameLists,
  names: readonly Name[],
): readonly Name[] {
  if (names.length === 0) return names;
  const content = names.join("\0");
  const known = lists.get(content);
  if (known !== undefined) return known as readonly Name[];
  lists.set(content, names);
  return names;
}
