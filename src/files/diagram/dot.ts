import { escapeHtml } from "../markup-table.ts";
import type { DiagramModel, Entity, EntityColumn, EntityLink } from "./model.ts";

/** A diagram in Graphviz DOT, for `dot -Tsvg`. */
export function dotDiagram({ entities, links }: DiagramModel): string {
  const head = [
    "digraph schema {",
    "  rankdir=RL;",
    '  node [shape=plain, fontname="Helvetica"];',
    "  edge [arrowhead=normal, arrowtail=crow, dir=both];",
  ];
  return `${[...head, ...entities.map(entityText), ...links.map(linkText), "}"].join("\n")}\n`;
}

function entityText({ id, name, columns }: Entity): string {
  const title = `<tr><td colspan="2" bgcolor="#e2e8f0"><b>${escapeHtml(name)}</b></td></tr>`;
  const rows = columns.map((column, index) => columnRow(column, index)).join("");
  return `  ${id} [label=<<table border="0" cellborder="1" cellspacing="0" cellpadding="4">${title}${rows}</table>>];`;
}

function columnRow({ name, type, isKey, isNullable }: EntityColumn, index: number): string {
  const text = isKey ? `<u>${escapeHtml(name)}</u>` : escapeHtml(name);
  const nullable = isNullable ? " ?" : "";
  return `<tr><td align="left" port="c${index}">${text}</td><td align="left">${escapeHtml(type)}${nullable}</td></tr>`;
}

function linkText({ from, to, columns, isOptional }: EntityLink): string {
  const index = from.columns.findIndex(({ name }) => name === columns[0]);
  return `  ${from.id}:c${index} -> ${to.id}${isOptional ? " [style=dashed]" : ""};`;
}
