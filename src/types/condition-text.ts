// A quoted name or string, with the casts after it.
const QUOTED = /("(?:[^"]|"")*"|E?'(?:[^'\\]|''|\\.)*')((?:::TYPE)*)/g;
const TYPE =
  /(?:\w+|"(?:[^"]|"")*")(?:\.\w+|\."(?:[^"]|"")*")?(?: varying| precision)?(?:\([\d,]+\))?(?: with(?:out)? time zone)?(?:\[\])*/;
const CASTS = new RegExp(`::${TYPE.source}`, "g");
const QUOTED_AND_CASTS = new RegExp(QUOTED.source.replace("TYPE", TYPE.source), "g");
// Characters that no expression has stand for quoted text, so that parentheses inside it are not seen.
const FIRST_MARK = 0xf0000;

/** A condition of the catalog for messages: without casts and needless parentheses, `IN` for `= ANY (ARRAY[...])`. */
export function conditionText(expression: string): string {
  const quoted: string[] = [];
  const plain = expression
    .replace(QUOTED_AND_CASTS, (_, text: string, casts: string) => {
      const isNumber = casts !== "" && /^'-?\d+(\.\d+)?'$/.test(text);
      return String.fromCodePoint(FIRST_MARK + quoted.push(isNumber ? text.slice(1, -1) : text) - 1);
    })
    .replace(CASTS, "");
  return withoutParentheses(plain)
    .replace(/(?<![<>])= ANY \(ARRAY\[([^[\]]*)\]\)/g, "IN ($1)")
    .replace(/[\u{f0000}-\u{fffff}]/gu, mark => quoted[mark.codePointAt(0)! - FIRST_MARK]!);
}

const ATOM = /^(?:-?[\w.]+|.)$/u;

function withoutParentheses(text: string): string {
  const open: number[] = [];
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "(") open.push(at);
    if (text[at] !== ")") continue;
    const start = open.pop() ?? 0;
    const [before, inner, after] = [text.slice(0, start), text.slice(start + 1, at), text.slice(at + 1)];
    if (isNeedless(before, inner, after)) return withoutParentheses(before + inner + after);
  }
  return text;
}

function isNeedless(before: string, inner: string, after: string): boolean {
  if (/[\w\u{f0000}-\u{fffff}]$|\b(?:ANY|ALL|IN|ARRAY|ROW) $/u.test(before)) return false;
  if (ATOM.test(inner) || (/^\(*$/.test(before) && /^\)*$/.test(after))) return true;
  const left = /(?:^|\(| AND | OR )$/.exec(before)?.[0];
  const right = /^(?:$|\)| AND | OR )/.exec(after)?.[0];
  if (left === undefined || right === undefined) return false;
  const connectives: readonly string[] = inner.replaceAll(/\([^()]*\)/g, "").match(/ (?:AND|OR) /g) ?? [];
  const isList = !`${left}${right}`.includes(" OR ") && !connectives.includes(" OR ");
  return connectives.length === 0 || isList;
}
