import { LANE } from "./box.ts";

/** A vertical part of a line in a gutter. */
export interface Segment {
  readonly from: number;
  readonly to: number;
}

/** The track of each vertical part, from 0: parts on one track do not touch. */
export function tracksOf(segments: readonly Segment[]): readonly number[] {
  const tracks: Segment[][] = [];
  const chosen = new Map<Segment, number>();
  for (const segment of segments.toSorted((a, b) => lengthOf(a) - lengthOf(b))) {
    const free = tracks.findIndex(track => track.every(other => areApart(segment, other)));
    const index = free === -1 ? tracks.push([]) - 1 : free;
    tracks[index]!.push(segment);
    chosen.set(segment, index);
  }
  return segments.map(segment => chosen.get(segment)!);
}

function areApart(a: Segment, b: Segment): boolean {
  return (
    Math.max(a.from, a.to) + LANE < Math.min(b.from, b.to) ||
    Math.max(b.from, b.to) + LANE < Math.min(a.from, a.to)
  );
}

function lengthOf({ from, to }: Segment): number {
  return Math.abs(from - to);
}
