import * as v from "valibot";
import { batches, type Line } from "../adapter.ts";
import { lines, refill } from "../data.ts";
import type { Operation } from "../operation.ts";

const LINES = batches(lines(4_000), 1_000);

const decimal = v.pipe(v.string(), v.regex(/^-?\d{1,8}(\.\d{1,2})?$/));
const text = v.pipe(
  v.string(),
  v.check(value => !value.includes("\0")),
);
const rows = v.array(
  v.strictObject({
    id: v.pipe(v.number(), v.safeInteger()),
    amount: v.pipe(v.number(), v.integer(), v.minValue(-(2 ** 31)), v.maxValue(2 ** 31 - 1)),
    name: text,
    price: decimal,
    tags: v.array(text),
    doc: v.strictObject({ a: v.number(), b: text }),
    at: v.date(),
  }),
);

function isLine({ id, amount, name, price, tags, doc, at }: Line): boolean {
  return (
    Number.isSafeInteger(id) &&
    (amount | 0) === amount &&
    typeof name === "string" &&
    !name.includes("\0") &&
    /^-?\d{1,8}(\.\d{1,2})?$/.test(price) &&
    tags.every(tag => typeof tag === "string" && !tag.includes("\0")) &&
    typeof doc === "object" &&
    !Number.isNaN(at.getTime())
  );
}

export const operation: Operation = {
  title: "insert 1,000 validated rows",
  calls: 4,
  rounds: 21,
  quickRounds: 3,
  before: admin => refill(admin, 0),
  // Each library returns a different result.
  run: async (adapter, index, name) => {
    const part = LINES[index]!;
    const isValid = name === "rowfn" || (name === "bun-sql" ? part.every(isLine) : v.is(rows, part));
    if (!isValid) throw new Error("a row of the benchmark is invalid");
    await adapter.insertMany(part);
  },
};
