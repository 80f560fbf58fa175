// A block of a page whose first line is "```ts path/of/a/file.ts#region" shows that region of the file.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");

/** Returns the lines between `#region name` and `#endregion`, without their common indent. */
function regionOf(path: string, name: string): string {
  const text = readFileSync(join(ROOT, path), "utf8");
  const found = new RegExp(`^ *(?://|#) #region ${name}\\n([\\s\\S]*?)^ *(?://|#) #endregion$`, "m").exec(
    text,
  );
  if (found === null) throw new Error(`${path}: region ${name} does not exist`);
  const lines = found[1]!.trimEnd().split("\n");
  const indents = lines.filter(line => line.trim() !== "").map(line => /^ */.exec(line)![0].length);
  const indent = Math.min(...indents);
  return lines.map(line => line.slice(indent)).join("\n");
}

/** Returns a page with the current code in its blocks. */
export function fillCode(page: string): string {
  return page.replaceAll(
    /^(```\w+ (\S+)#(\w+))\n[\s\S]*?^```$/gm,
    (_, start: string, path: string, name: string) => `${start}\n${regionOf(path, name)}\n\`\`\``,
  );
}
