import { MAX_SHAPES } from "./statement.ts";

/** Shapes of several parts. Each is joined once, because a new string would have to be hashed by every cache. */
export interface JoinedShapes {
  size: number;
  first: JoinedShape;
}

/** The parts so far. */
export interface JoinedShape {
  readonly shape: string;
  readonly next: Map<string, JoinedShape>;
}

export function newJoinedShapes(): JoinedShapes {
  return { size: 0, first: { shape: "", next: new Map() } };
}

/** The shape with one more part. */
export function joinShape(shapes: JoinedShapes, { shape, next }: JoinedShape, part: string): JoinedShape {
  const known = next.get(part);
  if (known !== undefined) return known;
  if (shapes.size++ >= MAX_SHAPES) Object.assign(shapes, newJoinedShapes());
  const joined = { shape: shape + part, next: new Map() };
  next.set(part, joined);
  return joined;
}
