import { ADAPTERS } from "./adapter.ts";
import type { TimedRow } from "./report.ts";

const LEFT = 290;
const RIGHT = 880;
const ROW = 26;
const TOP = 70;
const MAX_RATIO = 8;
const COLORS = ["#111827", "#dc2626", "#2563eb", "#0891b2", "#16a34a", "#ca8a04", "#9333ea", "#6b7280"];

const escapeXml = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
const xOf = (ratio: number): number =>
  LEFT +
  ((Math.log2(Math.min(Math.max(ratio, 0.5), MAX_RATIO)) + 1) / (Math.log2(MAX_RATIO) + 1)) * (RIGHT - LEFT);

function legend(): string {
  return ADAPTERS.map((name, index) => {
    const x = 20 + index * 108;
    return `<circle cx="${x}" cy="20" r="5" fill="${COLORS[index]}"/><text x="${x + 10}" y="24">${name}</text>`;
  }).join("");
}

function axis(height: number): string {
  return [0.5, 1, 2, 4, 8]
    .map(ratio => {
      const x = xOf(ratio).toFixed(1);
      const label = ratio === MAX_RATIO ? `${ratio}× or more` : `${ratio}×`;
      return `<line x1="${x}" x2="${x}" y1="${TOP - 12}" y2="${height - 10}" stroke="${ratio === 1 ? "#111827" : "#d1d5db"}"/><text x="${x}" y="${TOP - 18}" text-anchor="middle">${label}</text>`;
    })
    .join("");
}

function rowOf({ title, ratios }: TimedRow, index: number): string {
  const y = TOP + index * ROW + ROW / 2;
  const dots = ADAPTERS.map((name, color) => {
    const ratio = ratios.get(name);
    if (ratio === undefined) return "";
    return `<circle cx="${xOf(ratio).toFixed(1)}" cy="${y}" r="${name === "rowfn" ? 6 : 4}" fill="${COLORS[color]}" fill-opacity="0.85"><title>${name} ${ratio.toFixed(2)}</title></circle>`;
  });
  return `<text x="${LEFT - 12}" y="${y + 4}" text-anchor="end">${escapeXml(title)}</text>${dots.toReversed().join("")}`;
}

/** Draws one line per operation and one dot per library on a logarithmic axis. Left of 1 is faster than hand-written code. */
export function chart(rows: readonly TimedRow[]): string {
  const height = TOP + rows.length * ROW + 20;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 920 ${height}" font-family="sans-serif" font-size="12"><rect width="920" height="${height}" fill="#fff"/>
${legend()}
${axis(height)}
${rows.map(rowOf).join("\n")}
</svg>
`;
}
