import type { DiagramModel, Entity, EntityColumn, EntityLink } from "./model.ts";

/** A diagram in Mermaid's `erDiagram`. A column name outside its grammar becomes a comment after a similar name. */
export function mermaidDiagram({ entities, links }: DiagramModel): string {
  return `${["erDiagram", ...entities.map(entityText), ...links.map(linkText)].join("\n")}\n`;
}

function entityText({ id, name, columns }: Entity): string {
  const head = `  ${id}["${escapeQuoted(name)}"]`;
  return columns.length === 0 ? head : `${head} {\n${columns.map(columnText).join("\n")}\n  }`;
}

function columnText(column: EntityColumn): string {
  const keys = [column.isKey ? "PK" : "", column.isForeign ? "FK" : ""].filter(Boolean).join(", ");
  const name = attributeName(column.name);
  const comment = name === column.name ? "" : `"${escapeQuoted(column.name)}"`;
  return `    ${[attributeName(column.type), name, keys, comment].filter(Boolean).join(" ")}`;
}

function linkText({ from, to, columns, isOptional, isUnique }: EntityLink): string {
  const ends = `${isOptional ? "|o" : "||"}--${isUnique ? "o|" : "o{"}`;
  return `  ${to.id} ${ends} ${from.id} : "${escapeQuoted(columns.join(", "))}"`;
}

// The grammar of an attribute name.
function attributeName(text: string): string {
  const plain = text.replaceAll(/[^\w()[\]-]/g, "_");
  return /^[A-Za-z_]/.test(plain) ? plain : `_${plain}`;
}

function escapeQuoted(text: string): string {
  return text.replaceAll(/["\r\n\\#]/g, character => ENTITIES[character] ?? " ");
}

const ENTITIES: Readonly<Record<string, string>> = { '"': "#quot;", "#": "#35;", "\\": "#92;" };
