import type { BinaryExpression } from "@babel/types";
import { COMPARISONS, type Mutation, type Probe } from "./mutations.ts";

interface Edit {
  readonly offset: number;
  readonly end: number;
  readonly text: string;
  /** At one offset the smaller comes first: what closes inside out, then what opens outside in. */
  readonly order: number;
}

/** The source with probes, which report the ids of mutations whose change would matter. `hits` is the path of hits.ts. */
export function instrument(
  source: string,
  mutations: readonly Mutation[],
  firstId: number,
  hits: string,
): string {
  const edits = mutations
    .map(({ probe }, index) => ({ probe, id: firstId + index }))
    .sort((a, b) => size(b.probe) - size(a.probe) || isComparison(a.probe) - isComparison(b.probe))
    .flatMap(({ probe, id }, order) => editsOf(source, probe, id, order + 1))
    .sort((a, b) => a.offset - b.offset || a.order - b.order);
  let text = `import { hits as __hits } from ${JSON.stringify(hits)};`;
  let at = 0;
  for (const edit of edits) {
    text += source.slice(at, edit.offset) + edit.text;
    at = edit.end;
  }
  return text + source.slice(at);
}

function size({ part }: Probe): number {
  return part.end! - part.start!;
}

// Its operands are arguments, so that nothing else can be between them.
function isComparison({ kind }: Probe): number {
  return Number(kind === "compare");
}

function editsOf(source: string, { part, kind }: Probe, id: number, order: number): readonly Edit[] {
  const insert = (offset: number, text: string, place: number): Edit => ({
    offset,
    end: offset,
    text,
    order: place,
  });
  const [start, end] = [part.start!, part.end!];
  const close = insert(end, ")", -order);
  if (kind === "reached") return [insert(start, `(__hits.hit(${id}),`, order), close];
  if (kind !== "compare") return [insert(start, `__hits.${kind}(${id},`, order), close];
  const { left, right, operator } = part as BinaryExpression;
  const names = `${id},"${operator}","${COMPARISONS[operator]}"`;
  const offset = source.indexOf(operator, left.end!);
  if (offset < 0 || offset >= right.start!) throw new Error(`no operator at ${left.end}`);
  const comma = { offset, end: offset + operator.length, text: ",", order: 0 };
  return [insert(start, `__hits.compare(${names},`, order), comma, close];
}
