import { escapeHtml } from "../markup-table.ts";
import { type Box, LINE_HEIGHT, layout, PADDING } from "./layout.ts";
import type { DiagramModel, Entity, EntityColumn, EntityLink } from "./model.ts";

const STYLE = `text { font: 12px ui-monospace, Menlo, Consolas, monospace; fill: #1e293b; white-space: pre }
.box { fill: #fff; stroke: #94a3b8 }
.head { fill: #e2e8f0; stroke: #94a3b8 }
.name { font-weight: bold }
.key { text-decoration: underline }
.type { fill: #64748b; text-anchor: end }
.link { fill: none; stroke: #475569; stroke-width: 1.2 }
.optional { stroke-dasharray: 5 3 }`;

const MARKER =
  '<marker id="to" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="#475569"/></marker>';

/** A diagram in SVG: a box per table and a line per foreign key, from its column to the referenced table; dashed if nullable. */
export function svgDiagram(model: DiagramModel): string {
  const boxes = layout(model);
  const all = [...boxes.values()];
  const width = Math.max(0, ...all.map(box => box.x + box.width)) + 4 * PADDING;
  const height = Math.max(0, ...all.map(box => box.y + box.height)) + 2 * PADDING;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<style>${STYLE}</style>`,
    `<defs>${MARKER}</defs>`,
    `<rect width="${width}" height="${height}" fill="#f8fafc"/>`,
    ...model.links.map(link => linkPath(link, boxes.get(link.from)!, boxes.get(link.to)!)),
    ...model.entities.map(entity => entityGroup(entity, boxes.get(entity)!)),
    "</svg>",
    "",
  ].join("\n");
}

function entityGroup({ name, comment, columns }: Entity, box: Box): string {
  const { x, y, width, height } = box;
  const title = comment === null ? "" : `<title>${escapeHtml(comment)}</title>`;
  return [
    `<g>${title}`,
    `<rect class="box" x="${x}" y="${y}" width="${width}" height="${height}" rx="4"/>`,
    `<rect class="head" x="${x}" y="${y}" width="${width}" height="${LINE_HEIGHT + 4}" rx="4"/>`,
    `<text class="name" x="${x + PADDING}" y="${y + 16}">${escapeHtml(name)}</text>`,
    ...columns.map((column, index) => columnTexts(column, box, index)),
    "</g>",
  ].join("\n");
}

function columnTexts({ name, type, isKey, isNullable }: EntityColumn, box: Box, index: number): string {
  const y = columnMiddle(box, index) + 4;
  const label = `<text${isKey ? ' class="key"' : ""} x="${box.x + PADDING}" y="${y}">${escapeHtml(name)}</text>`;
  const nullable = isNullable ? "?" : "";
  return `${label}<text class="type" x="${box.x + box.width - PADDING}" y="${y}">${escapeHtml(type)}${nullable}</text>`;
}

function columnMiddle({ y }: Box, index: number): number {
  return y + LINE_HEIGHT + 4 + index * LINE_HEIGHT + LINE_HEIGHT / 2 + 1;
}

// The line connects the sides that face each other; in the same column, and for a self-reference, the right sides.
function linkPath({ name, from, columns, isOptional }: EntityLink, source: Box, target: Box): string {
  const index = from.columns.findIndex(column => column.name === columns[0]);
  const y1 = columnMiddle(source, index);
  const y2 = target.y + 12;
  const isBeside = source.x === target.x;
  const isRight = source.x > target.x;
  const x1 = isRight ? source.x : source.x + source.width;
  const x2 = isRight || isBeside ? target.x + target.width : target.x;
  const bend = isBeside ? 34 : Math.max(Math.abs(x1 - x2) / 2, 30) * (isRight ? -1 : 1);
  const end = isBeside ? 34 : -bend;
  return `<path class="link${isOptional ? " optional" : ""}" marker-end="url(#to)" d="M${x1} ${y1} C${x1 + bend} ${y1} ${x2 + end} ${y2} ${x2} ${y2}"><title>${escapeHtml(name)}</title></path>`;
}
