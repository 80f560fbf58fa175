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

/** A charmap of UTF-8 with only the characters of a source, because reading all of them takes most of the rest. */
function shortCharmap(source: string): string {
  const named = [...source.matchAll(/<U([0-9A-F]{4,8})>/g)].map(([, hex]) => Number.parseInt(hex!, 16));
  const written = [...source].map(character => character.codePointAt(0)!);
  const lines = [...new Set([...Array(128).keys(), ...named, ...written])].map(code => {
    const bytes = Buffer.from(String.fromCodePoint(code)).toString("hex").match(/../g)!;
    const hex = code.toString(16).toUpperCase();
    return `<U${hex.padStart(hex.length > 4 ? 8 : 4, "0")}> ${bytes.map(byte => `/x${byte}`).join("")} NAME`;
  });
  const header = "<code_set_name> UTF-8\n<mb_cur_min> 1\n<mb_cur_max> 6\n<comment_char> %\n<escape_char> /";
  return `${header}\nCHARMAP\n${lines.join("\n")}\nEND CHARMAP\n`;
}

/** Compiles locales of the C library for money and messages, if it has `localedef`. */
export function compileLocales(wanted: readonly string[]): Locales {
  const path = mkdtempSync(join(tmpdir(), "rowfn-locales-"));
  const program = Bun.which("localedef");
  const names = wanted.filter(name => {
    const [language = ""] = name.split(".");
    if (program === null || !existsSync(join(SOURCES, language))) return false;
    const source = join(path, `${language}.source`);
    const charmap = join(path, `${language}.charmap`);
    const text = shortSource(language);
    writeFileSync(source, text);
    writeFileSync(charmap, shortCharmap(text));
    Bun.spawnSync([program, "-i", source, "-f", charmap, join(path, name)]);
    return (
      Bun.spawnSync(["chmod", "-R", "a+rX", path]).success &&
      Bun.file(join(path, name, "LC_MONETARY")).size > 0
    );
  });
  return { path, names: ["C", ...names], remove: () => rmSync(path, { recursive: true, force: true }) };
}
