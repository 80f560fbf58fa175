import type { TableColumn } from "./text-table.ts";

/** A table of GitHub's Markdown; nothing in a value ends a cell or becomes markup. */
export function markdownTable(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): string {
  const line = (texts: readonly string[]): string => `| ${texts.join(" | ")} |`;
  const rule = columns.map(({ isNumber }) => (isNumber ? "--:" : "---"));
  const lines = [columns.map(({ name }) => markdown(name)), rule, ...rows.map(texts => texts.map(markdown))];
  return `${lines.map(line).join("\n")}\n`;
}

function markdown(text: string): string {
  return text
    .replaceAll(/[\\`*_[\]|~$]/g, found => `\\${found}`)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(/\r\n|[\r\n]/g, "<br>");
}

/** An HTML table; every name and value is escaped. */
export function htmlTable(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): string {
  const cell = (tag: string, { isNumber }: TableColumn, text: string): string =>
    `<${tag}${isNumber ? ' align="right"' : ""}>${escapeHtml(text)}</${tag}>`;
  const row = (tag: string, texts: readonly string[]): string =>
    `<tr>${texts.map((text, index) => cell(tag, columns[index]!, text)).join("")}</tr>`;
  const names = columns.map(({ name }) => name);
  return [
    "<table>",
    `<thead>${row("th", names)}</thead>`,
    "<tbody>",
    ...rows.map(texts => row("td", texts)),
    "</tbody>",
    "</table>",
    "",
  ].join("\n");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A text as HTML or XML, which has no control characters, for an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll(/[\x00-\x08\x0b\x0c\x0e-\x1f]/g, "\ufffd")
    .replaceAll(/[&<>"']/g, found => ENTITIES[found]!);
}
