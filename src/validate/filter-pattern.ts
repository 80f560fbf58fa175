import { isTooLarge, PLACE } from "./pattern-size.ts";

/** The reason that PostgreSQL rejects the pattern of an operator, maybe only at a row that it compares to its end. */
export function patternProblem(operator: string, pattern: string): string | undefined {
  if (operator === "like" || operator === "ilike") return likeProblem(pattern);
  return operator === "matches" ? regexProblem(pattern) : undefined;
}

/** The reason that PostgreSQL rejects a pattern of LIKE: the escape character at its end has nothing to escape. */
function likeProblem(pattern: string): string | undefined {
  return isOpenEscape(pattern) ? "a pattern that does not end with its escape character" : undefined;
}

const CLASS = String.raw`\[[:.=][^\]]*[:.=]\]`;
const CHARACTER = String.raw`(?!\[[:.=])`;
const BRACKETS = new RegExp(
  String.raw`\[(?:\^|(?!\^))(?:${CLASS}|${CHARACTER}[\s\S])(?:${CLASS}|${CHARACTER}[^\]])*\]`,
  "g",
);

/**
 * The reason that PostgreSQL rejects a regular expression, if its brackets, parentheses, quantifiers, size or last escape show
 * it. Options of a different syntax are rejected, because nothing can be known of such an expression.
 */
function regexProblem(pattern: string): string | undefined {
  if (pattern.startsWith("***=")) return undefined;
  const [start, options = ""] = /^(?:\*\*\*:)?(?:\(\?([a-z]+)\))?/.exec(pattern)!;
  if (/[^cimnpstw]/.test(options))
    return "a regular expression with no embedded options but c, i, m, n, p, s, t and w";
  return advancedProblem(pattern.slice(start.length));
}

function advancedProblem(pattern: string): string | undefined {
  if (isOpenEscape(pattern)) return "a regular expression that does not end with an escape";
  // Escapes first, then bracket expressions, in which a bracket at the start and a class such as [:alpha:] are content.
  const unescaped = pattern.replaceAll(/\\[\s\S]/g, text => (/[AmMyYZ]/.test(text) ? PLACE : ESCAPED));
  if (unescaped.match(BRACKETS)?.some(hasReversedRange) === true)
    return "a regular expression whose ranges are in order";
  const plain = unescaped.replaceAll(BRACKETS, "x");
  if (plain.includes("[")) return "a regular expression with balanced brackets";
  let depth = 0;
  for (const character of plain) {
    if (character === "(") depth++;
    if (character === ")" && --depth < 0) break;
  }
  if (depth !== 0) return "a regular expression with balanced parentheses";
  const problem = quantifierProblem(plain.replaceAll(/\(\?[:=!]|\(\?<[=!]/g, "("));
  if (problem !== undefined) return problem;
  const isLarge = isTooLarge(plain.replaceAll("(?:", "(").replaceAll(/\(\?<?[=!]/g, `(${PLACE}`));
  return isLarge ? "a regular expression that is less complex" : undefined;
}

// Stands for an escape, which can mean one character or several.
const ESCAPED = "\ue000";

function hasReversedRange(brackets: string): boolean {
  const content = brackets.replace(/^\[\^?/, "").slice(0, -1);
  if (content.includes(ESCAPED) || content.includes(PLACE) || /\[[:.=]/.test(content)) return false;
  const characters = [...content];
  return characters.some((character, at) => {
    const last = characters[at + 2];
    const isRange = characters[at + 1] === "-" && last !== undefined && character !== "-";
    return isRange && last !== "-" && character.codePointAt(0)! > last.codePointAt(0)!;
  });
}

const BOUND = String.raw`\{\d+(?:,\d*)?\}`;
const QUANTIFIER = `(?:[*+?]|${BOUND})`;
// One `?` after a quantifier makes it non-greedy.
const REPEATED = new RegExp(String.raw`${QUANTIFIER}(?:\?(?=${QUANTIFIER})|(?=[*+]|${BOUND}))`);
const MAX_BOUND = 255;

function quantifierProblem(plain: string): string | undefined {
  if (/(?:^|[(|^$])(?:[*+?]|\{\d)/.test(plain) || REPEATED.test(plain))
    return "a regular expression whose quantifiers follow something";
  if (/\{(?=\d)(?!\d+(?:,\d*)?\})/.test(plain)) return "a regular expression with complete bounds";
  for (const [bound] of plain.matchAll(new RegExp(BOUND, "g"))) {
    const [least = 0, most = least] = bound.match(/\d+/g)!.map(Number);
    if (least > MAX_BOUND || most > MAX_BOUND || most < least)
      return `a regular expression whose bounds are in order and at most ${MAX_BOUND}`;
  }
  return undefined;
}

function isOpenEscape(pattern: string): boolean {
  return /(?:^|[^\\])(?:\\\\)*\\$/.test(pattern);
}
