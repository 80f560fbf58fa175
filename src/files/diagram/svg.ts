import { escapeHtml } from "../markup-table.ts";
import { type Box, LINE_HEIGHT, lineMiddle, PADDING } from "./box.ts";
import { layout, type Point } from "./layout.ts";
import type { DiagramModel, Entity, EntityColumn, EntityLink } from "./model.ts";

const STYLE = `text { font: 12px ui-monospace, Menlo, Consolas, monospace; fill: #1e293b; white-space: pre }
.box { fill: #fff; stroke: #94a3b8 }
.head { fill: #e2e8f0; stroke: #94a3b8 }
.name { font-weight: bold }
.key { text-decoration: underline }
.type { fill: #64748b; text-anchor: end }
.link { fill: none; stroke: #475569; stroke-width: 1.2 }
.optional { stroke-dasharray: 5 3 }
.link:hover { stroke: #dc2626; stroke-width: 2.5 }`;

const MARKER =
  '<marker id="to" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="#475569"/></marker>';

/** A diagram in SVG: a box per table and a line per foreign key, from its column to the referenced table; dashed if nullable. */
export function svgDiagram(model: DiagramModel): string {
  const { boxes, lines, width, height } = layout(model);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<style>${STYLE}</style>`,
    `<defs>${MARKER}</defs>`,
    `<rect width="${width}" height="${height}" fill="#f8fafc"/>`,
    ...model.links.map(link => linkPath(link, lines.get(link)!)),
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
  const y = box.y + lineMiddle(index) + 4;
  const label = `<text${isKey ? ' class="key"' : ""} x="${box.x + PADDING}" y="${y}">${escapeHtml(name)}</text>`;
  const nullable = isNullable ? "?" : "";
  return `${label}<text class="type" x="${box.x + box.width - PADDING}" y="${y}">${escapeHtml(type)}${nullable}</text>`;
}

const RADIUS = 4;

function linkPath({ name, isOptional }: EntityLink, points: readonly Point[]): string {
  return `<path class="link${isOptional ? " optional" : ""}" marker-end="url(#to)" d="${pathOf(points)}"><title>${escapeHtml(name)}</title></path>`;
}

// Straight segments with rounded corners.
function pathOf(points: readonly Point[]): string {
  const [[x, y], ...rest] = points as readonly [Point, ...Point[]];
  const parts = rest.map((point, index) => {
    const next = rest[index + 1];
    if (next === undefined) return `L${point[0]} ${point[1]}`;
    const [before, after] = [near(point, points[index]!), near(point, next)];
    return `L${before[0]} ${before[1]}Q${point[0]} ${point[1]} ${after[0]} ${after[1]}`;
  });
  return `M${x} ${y}${parts.join("")}`;
}

// The point at which a corner begins, on the line from one point to the next.
function near([x, y]: Point, [toX, toY]: Point): Point {
  const length = Math.hypot(toX - x, toY - y);
  const part = length === 0 ? 0 : Math.min(RADIUS, length / 2) / length;
  return [round(x + (toX - x) * part), round(y + (toY - y) * part)];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
