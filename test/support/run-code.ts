import * as v from "valibot";
import * as rowfn from "./every-entry.ts";

/** Every public name, as the examples use them. */
export const NAMES: Readonly<Record<string, unknown>> = { ...rowfn, v };

/** Runs a piece of TypeScript that can use every public name and the names in `scope`; `code` may return a value. */
export async function runCode(code: string, scope: Readonly<Record<string, unknown>>): Promise<unknown> {
  const known = { ...NAMES, ...scope };
  const body = new Bun.Transpiler({ loader: "ts" }).transformSync(
    `export default async () => {\n${code}\n};`,
  );
  const run = new Function(...Object.keys(known), body.replace(/export default/, "return"))(
    ...Object.values(known),
  ) as () => Promise<unknown>;
  return run();
}
