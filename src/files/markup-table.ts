import type { TableColumn } from "./text-table.ts";

/** A table in GitHub's Markdown; names and values are escaped. */
export function markdownTable(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): string {
  const line = (texts: readonly string[]): string => `| ${texts.join(" | ")} |`;
  const rule = columns.map(({ isNumber }) => (isNumber ? "--:" : "---"));
  const lines = [
    columns.map(({ name }) => escapeMarkdown(name)),
    rule,
    ...rows.map(texts => texts.map(escapeMarkdown)),
  ];
  return `${lines.map(line).join("\n")}\n`;
}

function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/[\\`*_[\]|~$]/g, found => `\\${found}`)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(/\r\n|[\r\n]/g, "<br>");
}

/** An HTML table; names and values are escaped. */
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

/** Escapes a text for an element or a quoted attribute of HTML or XML, which allow no control characters. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll(/[\x00-\x08\x0b\x0c\x0e-\x1f]/g, "\ufffd")
    .replaceAll(/[&<>"']/g, found => ENTITIES[found]!);
}
