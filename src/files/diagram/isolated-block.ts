import { type Box, heightOf, PADDING, ROW_GAP, widthOf } from "./box.ts";
import type { Entity } from "./model.ts";

/** The area of tables with the distance between them, in square pixels. */
export function areaOf(entities: readonly Entity[]): number {
  return entities.reduce(
    (sum, entity) => sum + (widthOf(entity) + ROW_GAP) * (heightOf(entity) + ROW_GAP),
    0,
  );
}

/** Places tables without links in columns below the linked tables, each in the shortest column. */
export function isolatedBlock(
  entities: readonly Entity[],
  width: number,
  top: number,
): ReadonlyMap<Entity, Box> {
  if (entities.length === 0) return new Map();
  const own = Math.max(...entities.map(widthOf)) + ROW_GAP;
  const wanted = Math.max(width, Math.sqrt((areaOf(entities) * 16) / 9));
  const count = Math.min(entities.length, Math.max(1, Math.floor((wanted - PADDING) / own)));
  const bottoms = Array.from({ length: count }, () => top);
  return new Map(
    entities.map(entity => {
      const column = bottoms.indexOf(Math.min(...bottoms));
      const box = {
        x: PADDING + column * own,
        y: bottoms[column]!,
        width: own - ROW_GAP,
        height: heightOf(entity),
      };
      bottoms[column]! += box.height + ROW_GAP;
      return [entity, box];
    }),
  );
}
