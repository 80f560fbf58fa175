import type { DiagramModel, Entity, EntityColumn, EntityLink } from "./model.ts";

/** Mermaid's `erDiagram`. A name that its grammar does not take stands in quotes, or as a comment behind a similar one. */
export function mermaidDiagram({ entities, links }: DiagramModel): string {
  return `${["erDiagram", ...entities.map(entityText), ...links.map(linkText)].join("\n")}\n`;
}

function entityText({ id, name, columns }: Entity): string {
  const head = `  ${id}["${quotable(name)}"]`;
  return columns.length === 0 ? head : `${head} {\n${columns.map(columnText).join("\n")}\n  }`;
}

function columnText(column: EntityColumn): string {
  const keys = [column.isKey ? "PK" : "", column.isForeign ? "FK" : ""].filter(Boolean).join(", ");
  const name = word(column.name);
  const comment = name === column.name ? "" : `"${quotable(column.name)}"`;
  return `    ${[word(column.type), name, keys, comment].filter(Boolean).join(" ")}`;
}

function linkText({ from, to, columns, isOptional, isUnique }: EntityLink): string {
  const ends = `${isOptional ? "|o" : "||"}--${isUnique ? "o|" : "o{"}`;
  return `  ${to.id} ${ends} ${from.id} : "${quotable(columns.join(", "))}"`;
}

// A word of Mermaid's grammar for attributes.
function word(text: string): string {
  const plain = text.replaceAll(/[^\w()[\]-]/g, "_");
  return /^[A-Za-z_]/.test(plain) ? plain : `_${plain}`;
}

function quotable(text: string): string {
  return text.replaceAll(/["\r\n\\#]/g, character => ENTITIES[character] ?? " ");
}

const ENTITIES: Readonly<Record<string, string>> = { '"': "#quot;", "#": "#35;", "\\": "#92;" };
