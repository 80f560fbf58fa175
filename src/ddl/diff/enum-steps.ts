import { quoteLiteral, quoteName } from "../../schema/quote.ts";
import type { EnumType } from "../../schema/snapshot.ts";
import type { MigrationStep } from "./migration-step.ts";

/** The labels that come in between: committed first, because a transaction cannot use a label of its own (manual, ALTER TYPE). */
export function addedLabels(before: EnumType, after: EnumType): readonly MigrationStep[] {
  const known = new Set(before.labels);
  return after.labels.flatMap((label, index) => {
    if (known.has(label)) return [];
    const text = `ALTER TYPE ${quoteName(after)} ADD VALUE ${quoteLiteral(label)}${place(before, after, index)}`;
    return [{ text, transaction: false as const }];
  });
}

function place(before: EnumType, after: EnumType, index: number): string {
  if (index > 0) return ` AFTER ${quoteLiteral(after.labels[index - 1]!)}`;
  const [first] = before.labels;
  return first === undefined ? "" : ` BEFORE ${quoteLiteral(first)}`;
}
