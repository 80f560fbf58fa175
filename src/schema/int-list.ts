/** The numbers of an int2[] as PostgreSQL prints it: `{2,1}`. */
export function intArray(text: string | null): readonly number[] {
  return text === null || text === "{}" ? [] : text.slice(1, -1).split(",").map(Number);
}

/** The numbers of an int2vector as PostgreSQL prints it: `2 1`. */
export function intVector(text: string): readonly number[] {
  return text === "" ? [] : text.split(" ").map(Number);
}
