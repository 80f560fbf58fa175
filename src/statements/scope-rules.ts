import { ArgumentError, UnknownNameError } from "../errors.ts";
import { isPlainObject } from "../schema/arguments.ts";
import { nearest } from "../schema/nearest.ts";
import { relationOf } from "../schema/relation-of.ts";
import type { AnySchema, Relation } from "../schema/snapshot.ts";
import { describeValue } from "../types/problem.ts";

/** Column → value. */
type Rule = Readonly<Record<string, unknown>>;

/** The name that stands for every table and view with the columns of its rule. */
const EVERY_TABLE = "*";

/** The rule of each relation that `scope` restricts; throws ArgumentError for a rule or table that is left out. */
export function rulesByRelation(
  schema: AnySchema,
  rules: unknown,
  open: readonly string[] | undefined,
): ReadonlyMap<Relation, Rule> {
  const given = requireRules("rules", rules, "{ table: rule }");
  if (Object.keys(given).length === 0)
    throw new ArgumentError(
      "scope: rules are empty; name at least one table, or pass the snapshot without scope",
    );
  const { [EVERY_TABLE]: every, ...named } = given;
  const found = new Map<Relation, Rule>();
  for (const [table, rule] of Object.entries(named)) {
    const relation = relationOf(schema, table);
    if (found.has(relation))
      throw new ArgumentError(`scope: ${relation.key} is given twice; remove one of the rules`);
    found.set(relation, requireRule(table, rule));
  }
  if (every === undefined && open === undefined) return found;
  const opened = new Set(requireNames(open ?? []).map(table => relationOf(schema, table)));
  const common = every === undefined ? {} : requireRule(EVERY_TABLE, every);
  for (const column of Object.keys(common)) requireColumn(schema, column);
  const gaps: string[] = [];
  for (const relation of schema.relations) {
    const rule = { ...(opened.has(relation) ? {} : ruleFor(relation, common)), ...found.get(relation) };
    const isRestricted = Object.keys(rule).length > 0;
    if (isRestricted && opened.has(relation))
      throw new ArgumentError(`scope: ${relation.key} has a rule and is listed in open; remove one of them`);
    if (isRestricted) found.set(relation, rule);
    else if (!opened.has(relation) && !Object.hasOwn(schema.scope, relation.key)) gaps.push(relation.key);
  }
  if (gaps.length === 0) return found;
  throw new ArgumentError(
    `scope: ${gaps.join(", ")} would be unrestricted; add a rule, or list the name in open`,
  );
}

function requireRule(table: string, rule: unknown): Rule {
  const columns = requireRules(table, rule, "{ column: value }");
  if (Object.keys(columns).length > 0) return columns;
  throw new ArgumentError(`scope: the rule of ${table} is empty; name at least one column`);
}

function requireRules(place: string, value: unknown, what: string): Rule {
  // A symbol or a hidden property would be a rule that restricts nothing.
  if (isPlainObject(value) && Reflect.ownKeys(value).length === Object.keys(value).length) return value;
  throw new ArgumentError(`scope: ${place} must be an object ${what}, received ${describeValue(value)}`);
}

function requireNames(open: unknown): readonly string[] {
  if (Array.isArray(open)) return open;
  throw new ArgumentError(`scope: open must be an array of table names, received ${describeValue(open)}`);
}

function requireColumn({ relations }: AnySchema, column: string): void {
  const names = new Set(relations.flatMap(({ columns }) => columns.map(({ name }) => name)));
  if (!names.has(column))
    throw new UnknownNameError(
      `scope: no table has a column ${JSON.stringify(column)}${nearest(column, names)}`,
    );
}

function ruleFor({ columns }: Relation, common: Rule): Rule {
  return Object.fromEntries(
    Object.entries(common).filter(([column]) => columns.some(({ name }) => name === column)),
  );
}
