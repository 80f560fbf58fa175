// The server translates its messages by `lc_messages`, which only a superuser may set. The translations quote names and
// values with "x", »x« or «x», and order them differently.

/** A quotation mark of a message. */
const MARK = /["»«]/g;

/** The message without what it quotes, which may be the value of a row: `invalid input syntax for type integer`. */
export function withoutQuotes(message: string): string {
  const rest = message.replace(/(?: at or near)?\s*:?\s*["»«].*["»«]/s, "").trim();
  return rest === "" ? "the value is invalid" : rest.replace(/^is /, "the value is ");
}

/** The number of names that a message quotes, of which some are known. A name can contain quotation marks. */
export function countQuotes(message: string, known: readonly (string | undefined)[]): number {
  const rest = known.reduce<string>((text, name) => (name ? text.replaceAll(name, "") : text), message);
  return Math.floor((rest.match(MARK) ?? []).length / 2);
}

/** The names that a message or a detail quotes, in its order. */
export function quotedNames(message: string): readonly string[] {
  return [...message.matchAll(/(?:"|»|«\s?)([^"»«]+?)(?:"|«|\s?»)/g)].map(([, name]) => name!);
}

/**
 * Whether a message quotes a text. A text can be too long for a regular expression, and have so many quotation marks itself that
 * only the first ones of the message are examined: few names come before a value.
 */
export function quotesText(message: string, text: string): boolean {
  if (!message.includes(text)) return false;
  return [...message.matchAll(MARK).take(FIRST_MARKS)].some(({ index }) =>
    [index + 1, index + 2].some(at => {
      const end = at + text.length;
      return (
        message.startsWith(text, at) &&
        /^["»«]\s?$/.test(message.slice(index, at)) &&
        /^\s?["»«]/.test(message.slice(end, end + 2))
      );
    }),
  );
}

const FIRST_MARKS = 6;
