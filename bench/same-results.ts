// Before the measurement, each adapter must return the results of the reference. Values are compared after conversion
// to a common format, because libraries return the same value in different formats.
import type { SQL } from "bun";
import type { AdapterName } from "./adapter.ts";
import type { Adapters } from "./measure.ts";
import type { Operation } from "./operation.ts";

type Row = Record<string, unknown>;

// Keys and prices are numbers or strings; timestamps are Dates, strings or milliseconds.
function normalize(value: unknown, column = ""): unknown {
  if (value === null || value === undefined) return null;
  if (column === "id" || column.endsWith("_id")) return String(value);
  if (column === "price") return Number(value).toFixed(2);
  if (column === "at") return new Date(value as string).toISOString();
  if (Array.isArray(value)) return value.map(element => normalize(element));
  if (typeof value !== "object") return value;
  const entries = Object.entries(value as Row).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, normalize(inner, name)]));
}

async function outcome(
  admin: SQL,
  operation: Operation,
  adapters: Adapters,
  name: AdapterName,
): Promise<string> {
  await operation.before?.(admin);
  const adapter = adapters.get(name)!;
  const results: unknown[] = [];
  for (let call = 0; call < Math.min(operation.calls, 5); call++)
    results.push(await operation.run(adapter, call, name));
  const { compared } = operation;
  if (compared !== undefined)
    return JSON.stringify(await Promise.all(results.map(result => compared(admin, result))));
  if (operation.before === undefined) return JSON.stringify(results.map(result => normalize(result)));
  const [stored] = await admin.unsafe(
    "select count(*) as rows, md5(string_agg(target::text, chr(10) order by id)) as hash from target",
  );
  // Each library returns a different result of a bulk write.
  return JSON.stringify([stored, operation.calls > 1 && results.map(result => normalize(result))]);
}

/** Throws if the results or the written table of an adapter differ from those of the first adapter. */
export async function requireSameResults(
  admin: SQL,
  title: string,
  operation: Operation,
  adapters: Adapters,
): Promise<void> {
  const [reference, ...others] = [...adapters.keys()];
  const expected = await outcome(admin, operation, adapters, reference!);
  for (const name of others) {
    const actual = await outcome(admin, operation, adapters, name);
    if (actual === expected) continue;
    throw new Error(
      `${title}: ${name} differs from ${reference}\n${actual.slice(0, 400)}\n${expected.slice(0, 400)}`,
    );
  }
}
