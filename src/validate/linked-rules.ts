import { deriveByKey } from "../schema/derived.ts";
import type { TableRules } from "./rules.ts";

const REASON = "its value comes from the related row";

/** The rules of a row to insert, in which some columns get their values from a related row. */
export function linkedRules(rules: TableRules, linked: readonly string[]): TableRules {
  return linked.length === 0 ? rules : rulesByColumns(rules, JSON.stringify(linked), linked);
}

const rulesByColumns = deriveByKey(
  (rules: TableRules, _key: string, linked: readonly string[]): TableRules => {
    const columns = new Map([...rules.columns].filter(([name]) => !linked.includes(name)));
    const left = [...columns.values()];
    return Object.freeze({
      ...rules,
      columns,
      excluded: new Map([...rules.excluded, ...linked.map(name => [name, REASON] as const)]),
      requiredCount: left.filter(({ required }) => required).length,
      isRefined: left.some(({ refinement }) => refinement !== undefined),
    });
  },
);
