import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseSchema, RowfnError, type SchemaSnapshot } from "../index.ts";

/** The snapshot of a generated module or a JSON file. */
export async function storedSnapshot(file: string): Promise<SchemaSnapshot> {
  if (!(await Bun.file(file).exists())) throw new RowfnError(`file ${file} does not exist`);
  if (file.endsWith(".json")) return parseSchema(await Bun.file(file).text());
  const module: unknown = await import(pathToFileURL(resolve(file)).href);
  if (typeof module === "object" && module !== null && "schema" in module) return parseSchema(module.schema);
  throw new RowfnError(
    `${file} has no export \`schema\`; create the module with \`rowfn generate --out ${file}\``,
  );
}
