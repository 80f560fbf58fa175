import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Locales in a directory of their own, which a server finds by LOCPATH. */
export interface Locales {
  readonly path: string;
  /** Those that could be compiled, always with C. */
  readonly names: readonly string[];
  readonly remove: () => void;
}

/** Compiles locales of the C library, if it has `localedef`. */
export function compileLocales(wanted: readonly string[]): Locales {
  const path = mkdtempSync(join(tmpdir(), "rowfn-locales-"));
  const program = Bun.which("localedef");
  const names = wanted.filter(name => {
    if (program === null) return false;
    const [language = ""] = name.split(".");
    Bun.spawnSync([program, "-i", language, "-f", "UTF-8", join(path, name)]);
    return (
      Bun.spawnSync(["chmod", "-R", "a+rX", path]).success &&
      Bun.file(join(path, name, "LC_MONETARY")).size > 0
    );
  });
  return { path, names: ["C", ...names], remove: () => rmSync(path, { recursive: true, force: true }) };
}
