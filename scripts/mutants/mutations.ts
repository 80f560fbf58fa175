import { parse } from "@babel/parser";
import type { BinaryExpression, LogicalExpression, Node } from "@babel/types";

/** One small change of a source file. */
export interface Mutation {
  /** Offsets of the text that is replaced. */
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  /** From 1. */
  readonly line: number;
  /** Finds out whether a test runs the place with values for which the change matters. */
  readonly probe: Probe;
}

/** `kind` is a function of hits.ts that gets the value of `part`; with `reached` the place alone matters. */
export interface Probe {
  readonly part: Node;
  readonly kind: "reached" | "truthy" | "falsy" | "given" | "notTrue" | "notFalse" | "notEmpty" | "compare";
}

/** All small changes of a TypeScript file, in the order of their place. Types, imports and messages are left alone. */
export function mutationsOf(source: string): readonly Mutation[] {
  const { program } = parse(source, { sourceType: "module", plugins: ["typescript"] });
  const mutations: Mutation[] = [];
  visit(program, false, (node, isCondition) => {
    for (const [part, replacement, probe] of changesOf(node, source, isCondition))
      mutations.push({
        start: part.start!,
        end: part.end!,
        replacement,
        line: part.loc!.start.line,
        probe,
      });
  });
  return mutations.sort((a, b) => a.start - b.start || a.end - b.end);
}

type Change = readonly [part: Node, replacement: string, probe: Probe];

const SKIPPED = /^(TS|Import|TemplateLiteral|TaggedTemplate|Export(All|Named)Declaration$)/;

/** `isCondition`: only whether the value is true or false matters. */
function visit(
  node: Node,
  isCondition: boolean,
  enter: (node: Node, isCondition: boolean) => void,
  isKey = false,
): void {
  // An exported declaration is code, a list of names is not.
  if (SKIPPED.test(node.type) && !("declaration" in node && node.declaration) && !isTypedExpression(node))
    return;
  if (!isKey) enter(node, isCondition);
  for (const [name, value] of Object.entries(node)) {
    const inCondition = name === "test" || isNot(node) || (node.type === "LogicalExpression" && isCondition);
    const isNameOfProperty = name === "key" && !("computed" in node && node.computed === true);
    for (const child of Array.isArray(value) ? value : [value])
      if (isNode(child)) visit(child, inCondition, enter, isNameOfProperty);
  }
}

function isNot(node: Node): boolean {
  return node.type === "UnaryExpression" && node.operator === "!";
}

function isTypedExpression({ type }: Node): boolean {
  return type === "TSAsExpression" || type === "TSNonNullExpression" || type === "TSSatisfiesExpression";
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}

/** The operator that replaces another one. */
export const COMPARISONS: Readonly<Record<string, string>> = {
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "===": "!==",
  "!==": "===",
  "+": "-",
  "-": "+",
};

const METHODS: Readonly<Record<string, string>> = { some: "every", every: "some", filter: "slice" };

function changesOf(node: Node, source: string, isCondition: boolean): readonly Change[] {
  const text = (part: Node): string => source.slice(part.start!, part.end!);
  const reached = (part: Node): Probe => ({ part, kind: "reached" });
  switch (node.type) {
    case "LogicalExpression":
      return operandChanges(node, text, isCondition);
    case "BinaryExpression":
      return operatorChanges(node, text);
    case "UnaryExpression":
      return node.operator === "!" ? [[node, `(${text(node.argument)})`, reached(node)]] : [];
    case "ConditionalExpression":
      return [
        [node, `(${text(node.consequent)})`, { part: node.test, kind: "falsy" }],
        [node, `(${text(node.alternate)})`, { part: node.test, kind: "truthy" }],
      ];
    case "IfStatement":
      return [
        [node.test, "false", { part: node.test, kind: "truthy" }],
        [node.test, "true", { part: node.test, kind: "falsy" }],
      ];
    case "NumericLiteral":
      return [[node, String(node.value + 1), reached(node)]];
    case "BooleanLiteral":
      return [[node, String(!node.value), reached(node)]];
    case "SpreadElement":
      return [[node, "...[]", { part: node.argument, kind: "notEmpty" }]];
    case "CallExpression": {
      const callee = node.callee;
      if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return [];
      const method = METHODS[callee.property.name];
      return method === undefined ? [] : [[callee.property, method, reached(node)]];
    }
    case "ExpressionStatement":
      return isCall(node.expression) ? [[node, ";", reached(node.expression)]] : [];
    default:
      return [];
  }
}

// A call for its effect: a check, a push.
function isCall(node: Node): boolean {
  return node.type === "CallExpression" || (node.type === "AwaitExpression" && isCall(node.argument));
}

function operandChanges(
  node: LogicalExpression,
  text: (part: Node) => string,
  isCondition: boolean,
): readonly Change[] {
  const { left, right, operator } = node;
  const kinds = {
    "&&": ["falsy", isCondition ? "falsy" : "notTrue"],
    "||": ["truthy", isCondition ? "truthy" : "notFalse"],
    "??": ["given", "reached"],
  } as const;
  const [ofLeft, ofRight] = kinds[operator];
  return [
    [node, `(${text(left)})`, { part: right, kind: ofRight }],
    [node, `(${text(right)})`, { part: left, kind: ofLeft }],
  ];
}

function operatorChanges(node: BinaryExpression, text: (part: Node) => string): readonly Change[] {
  const operator = COMPARISONS[node.operator];
  if (operator === undefined || isText(node.left) || isText(node.right)) return [];
  const kind = node.operator.endsWith("==") ? "reached" : "compare";
  return [[node, `(${text(node.left)} ${operator} ${text(node.right)})`, { part: node, kind }]];
}

function isText({ type }: Node): boolean {
  return type === "StringLiteral" || type === "TemplateLiteral";
}

/** The source with one change. */
export function mutate(source: string, { start, end, replacement }: Mutation): string {
  return source.slice(0, start) + replacement + source.slice(end);
}
