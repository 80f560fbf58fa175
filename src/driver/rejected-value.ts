import type { FailureFacts } from "./failure-facts.ts";
import { reportedTexts } from "./hide-value.ts";
import { quotesText } from "./quoted-text.ts";
import { differencesOf, parameterColumns } from "./statement.ts";

/**
 * The column, such as `rule.query`, whose value PostgreSQL could not read: the one of the parameter that the message quotes,
 * or the only one with a parameter of the type that the message names. PostgreSQL does not report the parameter.
 */
export function rejectedColumn(
  error: unknown,
  facts: FailureFacts,
  text: string,
  params: readonly unknown[],
): string | undefined {
  if (!isOfValue(facts) || !(error instanceof Error)) return undefined;
  const { message } = reportedTexts(error);
  const labels = parameterColumns(params);
  const read = castsOf(text).filter(({ type }) => canReject(type));
  const typed = new Set(read.filter(({ type }) => namesType(message, type)).map(({ at }) => at));
  const quoted = longestQuoted(
    message,
    read.map(({ at }) => ({ text: params[at], at })),
  );
  // Two columns may have the same text.
  const both = quoted.filter(({ at }) => typed.has(at));
  const found = both.length > 0 ? both : quoted;
  if (found.length > 0) return onlyOne(found.map(({ at }) => labels[at]));
  // Raw SQL of the caller can have values of the same type.
  const isOwn = differencesOf(params) !== undefined;
  const indexes = isOwn && canNameType(facts) ? [...typed] : [];
  return onlyOne(indexes.map(at => labels[at]));
}

// The codes of functions that read a text: a wrong syntax, or an object that does not exist. Other errors quote names too: the message
// of a violated policy (42501) quotes the table's.
const OF_VALUE = /^(?:22|426|42704|42725|42883|42P01|3F000)/;

/** Whether an error can be one of a parameter's text: it has no place in the statement, and is not one of a function. */
export function isOfValue({ sqlstate = "", position, isInside }: FailureFacts): boolean {
  return OF_VALUE.test(sqlstate) && position === undefined && !isInside;
}

/** Whether the type that an error names is that of a text. A value that was computed, or is a setting, can be out of range too. */
export function canNameType({ sqlstate = "" }: FailureFacts): boolean {
  return !/^(?:22003|22008|22023)$/.test(sqlstate);
}

/** The longest of the texts that a message quotes, because a value can contain others in quotation marks. */
export function longestQuoted<Item extends { readonly text: unknown }>(
  message: string,
  items: readonly Item[],
): readonly Item[] {
  let length = 1;
  let found: Item[] = [];
  for (const item of items) {
    const { text } = item;
    if (typeof text !== "string" || text.length < length || !quotesText(message, text)) continue;
    if (text.length > length) found = [];
    length = text.length;
    found.push(item);
  }
  return found;
}

/** The indexes of the parameters that a statement casts, and the types: `$1::text::hstore` → 0 and `hstore`. */
function castsOf(text: string): readonly { readonly at: number; readonly type: string }[] {
  const casts = /\$(\d+)((?:::(?:"(?:[^"]|"")+"\.)?(?:"(?:[^"]|"")+"|\w+))+)/g;
  return [...text.matchAll(casts)].map(([, number, cast]) => ({
    at: Number(number) - 1,
    type: castName(cast!),
  }));
}

/** The name of the type of a cast: `bpchar::regclass` → `regclass`. */
export function castName(cast: string): string {
  return /(\w+)"?(?:\[\])*$/.exec(cast)?.[1] ?? "";
}

/** Whether PostgreSQL cannot read some texts as values of a type. */
export function canReject(type: string): boolean {
  return !/^(?:text|varchar|bpchar|name)$/.test(type);
}

/** Whether a message names a type: `syntax error in tsquery`, `invalid XML content`. */
export function namesType(message: string, type: string): boolean {
  return new RegExp(`(?<!\\w)${type}(?!\\w)`, "i").test(message);
}

function onlyOne(labels: readonly (string | undefined)[]): string | undefined {
  const [label, ...others] = new Set(labels.filter(one => one !== undefined));
  return others.length === 0 ? label : undefined;
}
