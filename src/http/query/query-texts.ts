import { rejectParameter } from "./parameter-issue.ts";

/** The texts of each parameter, in the order of the URL. */
export type QueryTexts = ReadonlyMap<string, readonly string[]>;

/** The parameters of a URL. */
export function queryTexts(input: URLSearchParams): QueryTexts {
  const texts = new Map<string, string[]>();
  input.forEach((text, name) => {
    addText(texts, name, text);
  });
  return texts;
}

// Without encoded characters, as most queries are.
const PLAIN = /^\?[\w.~=&,:[\]-]*$/;

/** The parameters of a query with its question mark; a plain one need not be decoded. */
export function searchTexts(search: string): QueryTexts {
  if (!PLAIN.test(search)) return queryTexts(new URLSearchParams(search));
  const texts = new Map<string, string[]>();
  for (const part of search.slice(1).split("&")) {
    if (part === "") continue;
    const end = part.indexOf("=");
    if (end === -1) addText(texts, part, "");
    else addText(texts, part.slice(0, end), part.slice(end + 1));
  }
  return texts;
}

/** Throws ParameterError for a byte that is not UTF-8, which would be read as U+FFFD. */
export function requireUtf8(search: string): void {
  if (!search.includes("%")) return;
  for (const part of search.slice(1).split("&")) {
    const [[name, text] = ["", ""]] = new URLSearchParams(part);
    const found = (name + text).split("\uFFFD").length;
    if (found > part.split(/%EF%BF%BD|\uFFFD/i).length) rejectParameter(name, text, "percent-encoded UTF-8");
  }
}

function addText(texts: Map<string, string[]>, name: string, text: string): void {
  const given = texts.get(name);
  if (given === undefined) texts.set(name, [text]);
  else given.push(text);
}
