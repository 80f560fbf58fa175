/** The numbers of an int2[] or int2vector as PostgreSQL prints them: `{2,1}`, `2 1`. */
export function intList(text: string | null): readonly number[] {
  return text?.match(/-?\d+/g)?.map(Number) ?? [];
}
