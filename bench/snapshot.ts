// `bun bench/snapshot.ts [tables ...]` (default: 300 3000): measures the time of loadSchema and the size of the snapshot.
import type { SQL } from "bun";
import { loadSchema, parseSchema, type SqlHandle } from "rowfn";
import { testDatabase } from "rowfn/testing";
import { createTables } from "./many-tables.ts";

/** A handle that counts its statements. */
function countStatements(sql: SQL): { readonly handle: SqlHandle; readonly statements: () => number } {
  let statements = 0;
  const counting = (target: SqlHandle): SqlHandle =>
    new Proxy(target, {
      get: (object, name) => {
        const value: unknown = Reflect.get(object, name);
        if (name === "unsafe") statements++;
        // BEGIN and COMMIT are two additional statements.
        if (name === "begin") {
          statements += 2;
          return (run: (tx: SqlHandle) => unknown) => sql.begin(tx => run(counting(tx)));
        }
        return typeof value === "function" ? value.bind(object) : value;
      },
    });
  return { handle: counting(sql), statements: () => statements };
}

async function milliseconds(run: () => unknown): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

async function measure(tables: number): Promise<Record<string, unknown>> {
  const { sql, drop } = await testDatabase({ handle: { max: 1 } });
  try {
    await createTables(sql, tables);
    await sql.unsafe("analyze");
    const { handle, statements } = countStatements(sql);
    const first = await milliseconds(() => loadSchema(handle));
    const sent = statements();
    const again = await milliseconds(() => loadSchema(sql));
    const text = JSON.stringify(await loadSchema(sql));
    const parse = await milliseconds(() => parseSchema(text));
    return {
      tables,
      statements: sent,
      "first load, ms": Math.round(first),
      "again, ms": Math.round(again),
      "JSON, kB": Math.round(text.length / 1000),
      "gzip, kB": Math.round(Bun.gzipSync(Buffer.from(text)).length / 1000),
      "parseSchema, ms": Math.round(parse),
    };
  } finally {
    await drop();
  }
}

const sizes = process.argv.slice(2).map(Number);
const rows: Record<string, unknown>[] = [];
for (const tables of sizes.length > 0 ? sizes : [300, 3000]) rows.push(await measure(tables));
console.log(Bun.inspect.table(rows));
