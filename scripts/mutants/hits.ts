// Imported by the instrumented files of src. Tells which mutations would have changed a value.
import { openSync, writeSync } from "node:fs";

type Operands = readonly [never, never];

const OPERATORS: Readonly<Record<string, (...operands: Operands) => unknown>> = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
};

type Check = <Value>(id: number, value: Value) => Value;

/** The probes: each returns its value and reports the id if the mutation matters to that value. */
export interface Hits {
  readonly hit: (id: number) => void;
  readonly truthy: Check;
  readonly falsy: Check;
  readonly given: Check;
  readonly notTrue: Check;
  readonly notFalse: Check;
  readonly notEmpty: Check;
  /** Begins or ends a test: from here on every id is reported again. */
  readonly mark: (text: "start" | "end") => void;
  /** The result of the first operator. */
  readonly compare: (id: number, operator: string, changed: string, a: unknown, b: unknown) => unknown;
}

export function hitsOf(report: (line: number | string) => void): Hits {
  const seen = new Set<number>();
  const hit = (id: number): void => {
    if (seen.has(id)) return;
    seen.add(id);
    report(id);
  };
  const check =
    (differs: (value: unknown) => boolean): Check =>
    (id, value) => {
      if (differs(value)) hit(id);
      return value;
    };
  return {
    hit,
    mark: text => {
      seen.clear();
      report(text);
    },
    truthy: check(Boolean),
    falsy: check(value => !value),
    given: check(value => value != null),
    notTrue: check(value => value !== true),
    notFalse: check(value => value !== false),
    notEmpty: check(value => !isEmpty(value)),
    compare: (id, operator, changed, a, b) => {
      const operands = [a, b] as unknown as Operands;
      const value = OPERATORS[operator]!(...operands);
      if (value !== OPERATORS[changed]!(...operands)) hit(id);
      return value;
    },
  };
}

// Of an iterator it is not known without changing it.
function isEmpty(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return value == null || value === "" || (Array.isArray(value) && value.length === 0);
  return !(Symbol.iterator in value) && Reflect.ownKeys(value).length === 0;
}

const path = process.env["ROWFN_MUTANT_HITS"];
// Appends, because the processes that a test starts write to the same file.
const file = path === undefined ? undefined : openSync(path, "a");

export const hits: Hits = hitsOf(line => {
  if (file !== undefined) writeSync(file, `${line}\n`);
});
