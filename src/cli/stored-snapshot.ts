import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseSchema, RowfnError, type SchemaSnapshot } from "../index.ts";
import { requireFile } from "./require-file.ts";

/** The snapshot of a generated module or a JSON file. */
export async function storedSnapshot(file: string): Promise<SchemaSnapshot> {
  requireFile(file);
  if (file.endsWith(".json")) return parseSchema(await Bun.file(file).text());
  const module: unknown = await import(pathToFileURL(resolve(file)).href);
  if (typeof module === "object" && module !== null && "schema" in module) return parseSchema(module.schema);
  throw new RowfnError(
    `${file} has no export \`schema\`; create the module with \`rowfn generate --out ${file}\``,
  );
}
