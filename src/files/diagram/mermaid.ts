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

// The grammar of an attribute name. PK, FK and UK in any case are the words for keys.
function attributeName(text: string): string {
  const plain = text.replaceAll(/[^\w()[\]-]/g, "_");
  return /^[A-Za-z_]/.test(plain) && !/^[PFU]K\b/i.test(plain) ? plain : `_${plain}`;
}

// Two tildes enclose the parameters of a type, and %% begins a comment or a directive, also inside of quotes.
function escapeQuoted(text: string): string {
  return text.replaceAll(/["\\#%~\x00-\x1f\x7f]/g, character => ENTITIES[character] ?? " ");
}

const ENTITIES: Readonly<Record<string, string>> = {
  '"': "#quot;",
  "#": "#35;",
  "%": "#37;",
  "\\": "#92;",
  "~": "#126;",
};
