/** The reason that PostgreSQL rejects a pattern of LIKE: the escape character at its end has nothing to escape. */
export function likeProblem(pattern: string): string | undefined {
  return isOpenEscape(pattern) ? "a pattern that does not end with its escape character" : undefined;
}

const CLASS = String.raw`\[[:.=][^\]]*[:.=]\]`;
const CHARACTER = String.raw`(?!\[[:.=])`;
const BRACKETS = new RegExp(
  String.raw`\[\^?(?:${CLASS}|${CHARACTER}[\s\S])(?:${CLASS}|${CHARACTER}[^\]])*\]`,
  "g",
);

/**
 * The reason that PostgreSQL rejects a regular expression, if brackets, parentheses or the last escape show it. Patterns
 * with a director or embedded options (`***`, `(?i)`) can have a different syntax and are left to PostgreSQL.
 */
export function regexProblem(pattern: string): string | undefined {
  if (/^(\*\*\*|\(\?)/.test(pattern)) return undefined;
  if (isOpenEscape(pattern)) return "a regular expression that does not end with an escape";
  // Escapes first, then bracket expressions, in which a bracket at the start and a class such as [:alpha:] are content.
  const plain = pattern.replaceAll(/\\[\s\S]/g, "x").replaceAll(BRACKETS, "x");
  if (plain.includes("[")) return "a regular expression with balanced brackets";
  let depth = 0;
  for (const character of plain) {
    if (character === "(") depth++;
    if (character === ")" && --depth < 0) break;
  }
  if (depth !== 0) return "a regular expression with balanced parentheses";
  return /(?:^|[(|^])[*+?]/.test(plain.replaceAll(/\(\?[:=!]|\(\?<[=!]/g, "("))
    ? "a regular expression whose quantifiers follow something"
    : undefined;
}

function isOpenEscape(pattern: string): boolean {
  return /(?:^|[^\\])(?:\\\\)*\\$/.test(pattern);
}
