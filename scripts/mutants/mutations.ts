import { parse } from "@babel/parser";
import type { Node } from "@babel/types";

/** One small change of a source file. */
export interface Mutation {
  /** Offsets of the text that is replaced. */
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  /** From 1. */
  readonly line: number;
}

/** All small changes of a TypeScript file, in the order of their place. Types, imports and messages are left alone. */
export function mutationsOf(source: string): readonly Mutation[] {
  const { program } = parse(source, { sourceType: "module", plugins: ["typescript"] });
  const mutations: Mutation[] = [];
  visit(program, node => {
    for (const [part, replacement] of changesOf(node, source))
      mutations.push({ start: part.start!, end: part.end!, replacement, line: part.loc!.start.line });
  });
  return mutations.sort((a, b) => a.start - b.start || a.end - b.end);
}

type Change = readonly [part: Node, replacement: string];

const SKIPPED = /^(TS|Import|TemplateLiteral|TaggedTemplate|Export(All|Named)Declaration$)/;

function visit(node: Node, enter: (node: Node) => void): void {
  // An exported declaration is code, a list of names is not.
  if (SKIPPED.test(node.type) && !("declaration" in node && node.declaration) && !isTypedExpression(node))
    return;
  enter(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) visit(child, enter);
  }
}

function isTypedExpression({ type }: Node): boolean {
  return type === "TSAsExpression" || type === "TSNonNullExpression" || type === "TSSatisfiesExpression";
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}

const COMPARISONS: Readonly<Record<string, string>> = {
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

function changesOf(node: Node, source: string): readonly Change[] {
  const text = (part: Node): string => source.slice(part.start!, part.end!);
  switch (node.type) {
    case "LogicalExpression":
      return [
        [node, `(${text(node.left)})`],
        [node, `(${text(node.right)})`],
      ];
    case "BinaryExpression": {
      const operator = COMPARISONS[node.operator];
      if (operator === undefined || isText(node.left) || isText(node.right)) return [];
      return [[node, `(${text(node.left as Node)} ${operator} ${text(node.right)})`]];
    }
    case "UnaryExpression":
      return node.operator === "!" ? [[node, `(${text(node.argument)})`]] : [];
    case "ConditionalExpression":
      return [
        [node, `(${text(node.consequent)})`],
        [node, `(${text(node.alternate)})`],
      ];
    case "IfStatement":
      return [
        [node.test, "false"],
        [node.test, "true"],
      ];
    case "NumericLiteral":
      return [[node, String(node.value + 1)]];
    case "BooleanLiteral":
      return [[node, String(!node.value)]];
    case "SpreadElement":
      return [[node, "...[]"]];
    case "CallExpression": {
      const callee = node.callee;
      if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return [];
      const method = METHODS[callee.property.name];
      if (method === undefined) return [];
      return [[callee.property, method]];
    }
    case "ExpressionStatement":
      // A call for its effect: a check, a push.
      return node.expression.type === "CallExpression" ? [[node, ";"]] : [];
    default:
      return [];
  }
}

function isText({ type }: Node): boolean {
  return type === "StringLiteral" || type === "TemplateLiteral";
}

/** The source with one change. */
export function mutate(source: string, { start, end, replacement }: Mutation): string {
  return source.slice(0, start) + replacement + source.slice(end);
}
