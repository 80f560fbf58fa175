import { desc, type Order, type Relation } from "../index.ts";

/** `name,unit_price` as a list of columns. */
export function columnList(text: string): readonly string[] {
  return text.split(",").map(name => name.trim());
}

/** `name,-milliseconds`: a sign for descending, unless a column begins with one. */
export function orderList(relation: Relation, text: string): readonly (string | Order)[] {
  const names = new Set(relation.columns.map(({ name }) => name));
  return columnList(text).map(name =>
    name.startsWith("-") && !names.has(name) ? desc(name.slice(1)) : name,
  );
}
