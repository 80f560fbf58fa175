// `among-work-child.ts <adapter or limit> <url> <calls before>`: makes a single call per line of standard input, which contains
// its name, after other work, and prints the nanoseconds of the call.
import { type AdapterName, openAdapter } from "./adapter.ts";
import { lines, ROWS } from "./data.ts";
import { LIMIT, openLimit } from "./exact-by-hand.ts";

const [name, url, callsBefore] = process.argv.slice(2);
const adapter = name === LIMIT ? openLimit(url!) : await openAdapter(name as AdapterName, url!);
const [row] = lines(1);
// The processes of all libraries write to one table.
let id = 1_000_000 * (process.pid % 1_000);

const CALLS: Readonly<Record<string, () => Promise<unknown>>> = {
  get: () => adapter.get(1 + (id++ % ROWS)),
  insert: () => adapter.insertOne({ ...row!, id: ++id }),
  update: () => adapter.updateOne(id, "another name"),
  upsert: () => adapter.upsertOne({ ...row!, id }),
  delete: () => adapter.deleteOne(id),
};

/** Some milliseconds of the work that a server does between two calls. */
function otherWork(): number {
  const orders = Array.from({ length: 1_000 }, (_, index) => ({
    number: `order ${(index * 7919) % 1_000}`,
    lines: Array.from({ length: 5 }, (_, line) => ({ product: `product ${line}`, price: line * 1.25 })),
  }));
  const text = JSON.stringify(orders.toSorted((a, b) => a.number.localeCompare(b.number)));
  const copies = JSON.parse(text) as typeof orders;
  return (
    copies.filter(({ number }) => /[37]$/.test(number)).length + text.replaceAll("product", "item").length
  );
}

// As many calls as a server has made after some time.
for (let count = 0; count < Number(callsBefore); count++)
  for (const call of Object.values(CALLS)) await call();

for await (const call of console) {
  // The end of the input.
  if (call === "") break;
  otherWork();
  const start = Bun.nanoseconds();
  await CALLS[call]!();
  console.log(Bun.nanoseconds() - start);
}
process.exit();
