// `bun bench/validate.ts [passes]`: measures the nanoseconds per row of 10 columns for the validation before a write and for Valibot.
// Compare only the ratios of one run. Other work on the machine slows validation more than the insert, so the fastest pass
// of each is compared; the medians are printed as well.

import { insertMany, insertSchema, loadSchema } from "rowfn";
import { testDatabase } from "rowfn/testing";
import * as v from "valibot";
import { newRowCheck } from "../src/validate/row-check.ts";
import { tableRules } from "../src/validate/rules.ts";

const ROWS = 1_000;
/** The number of times that all rows are validated per pass. */
const REPEATS = 10;
const WARM_UPS = 5;
const PASSES = Number(process.argv[2] ?? 25);

const { sql, drop } = await testDatabase({
  template: `
    create type state as enum ('new', 'done');
    create table ten (id int primary key, big int8 not null, name varchar(120) not null, note text, price numeric(10, 2) not null
      check (price > 0), ratio float8, state state not null, at timestamptz not null, flag bool, tags text[])`,
});
const schema = await loadSchema(sql);
const rows = Array.from({ length: ROWS }, (_, index) => ({
  id: index,
  big: String(index * 1_000_003),
  name: `name ${index}`,
  note: index % 3 === 0 ? null : "a note of some words",
  price: `${index % 1000}.25`,
  ratio: index / 7,
  state: index % 2 === 0 ? "new" : "done",
  at: new Date(index * 1000),
  flag: index % 2 === 0,
  tags: ["a", "b"],
}));

type Part = "check" | "valibot" | "insert";

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function nanoseconds(run: (row: unknown) => boolean): number {
  const start = Bun.nanoseconds();
  for (let repeat = 0; repeat < REPEATS; repeat++)
    for (const row of rows) if (!run(row)) throw new Error("a row of the benchmark is invalid");
  return (Bun.nanoseconds() - start) / ROWS / REPEATS;
}

async function insertNanoseconds(): Promise<number> {
  const start = Bun.nanoseconds();
  await insertMany(sql, schema, "ten", rows);
  const passed = Bun.nanoseconds() - start;
  await sql`truncate ten`;
  return passed / ROWS;
}

const keepsRules = newRowCheck(tableRules(schema, "ten", "insert"));
const strict = insertSchema(schema, "ten");

// One after the other in each pass, so that the load of the machine is the same for all.
const passes: Record<Part, number>[] = [];
for (let pass = 0; pass < WARM_UPS + PASSES; pass++) {
  passes.push({
    check: nanoseconds(keepsRules),
    valibot: nanoseconds(row => v.safeParse(strict, row).success),
    insert: await insertNanoseconds(),
  });
}
const measured = passes.slice(WARM_UPS);
const least = (part: Part) => Math.min(...measured.map(pass => pass[part]));
const between = (part: Part, whole: Part) => median(measured.map(pass => pass[part] / pass[whole]));
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

console.log(
  Bun.inspect.table([
    { what: "validation before a write", "ns per row": Math.round(least("check")) },
    {
      what: "valibot schema",
      "ns per row": Math.round(least("valibot")),
      "times the check": (least("valibot") / least("check")).toFixed(1),
      "median of the passes": between("valibot", "check").toFixed(1),
    },
    {
      what: "insertMany of 1,000 rows",
      "ns per row": Math.round(least("insert")),
      "the check's share": percent(least("check") / least("insert")),
      "median of the passes": percent(between("check", "insert")),
    },
  ]),
);
await drop();
