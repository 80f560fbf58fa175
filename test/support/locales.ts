import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Locales in their own directory, which a server finds through LOCPATH. */
export interface Locales {
  readonly path: string;
  /** The locales that could be compiled, always including C. */
  readonly names: readonly string[];
  readonly remove: () => void;
}

const SOURCES = "/usr/share/i18n/locales";

/**
 * The source of a locale with the sort order and the character classes of C, whose compilation takes most of the time.
 */
function shortSource(language: string): string {
  return readFileSync(join(SOURCES, language), "utf8").replaceAll(
    /^(LC_COLLATE|LC_CTYPE)$.*?^END \1$/gms,
    '$1\ncopy "POSIX"\nEND $1',
  );
}

/** Compiles locales of the C library for money and messages, if it has `localedef`. */
export function compileLocales(wanted: readonly string[]): Locales {
  const path = mkdtempSync(join(tmpdir(), "rowfn-locales-"));
  const program = Bun.which("localedef");
  const names = wanted.filter(name => {
    const [language = ""] = name.split(".");
    if (program === null || !existsSync(join(SOURCES, language))) return false;
    const source = join(path, `${language}.source`);
    writeFileSync(source, shortSource(language));
    Bun.spawnSync([program, "-i", source, "-f", "UTF-8", join(path, name)]);
    return (
      Bun.spawnSync(["chmod", "-R", "a+rX", path]).success &&
      Bun.file(join(path, name, "LC_MONETARY")).size > 0
    );
  });
  return { path, names: ["C", ...names], remove: () => rmSync(path, { recursive: true, force: true }) };
}
