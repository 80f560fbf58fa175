// The options of every public function, from TypeDoc's JSON.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");

/** A node of TypeDoc's JSON: a declaration, a signature or a type. */
interface Node {
  readonly id?: number;
  readonly name?: string;
  readonly kind?: number;
  readonly type?: string | Node;
  readonly comment?: { readonly summary: readonly { readonly text: string }[] };
  readonly children?: readonly Node[];
  readonly signatures?: readonly Node[];
  readonly parameters?: readonly Node[];
  readonly typeParameters?: readonly Node[];
  /** The id of a declaration, or the place of a type that is not exported. */
  readonly target?: number | { readonly packagePath: string; readonly qualifiedName: string };
  readonly typeArguments?: readonly Node[];
  readonly types?: readonly Node[];
  readonly value?: unknown;
  readonly declaration?: Node;
}

/** An option of a function. */
export interface Option {
  readonly name: string;
  /** The doc comment; empty if there is none. */
  readonly meaning: string;
}

const FUNCTION = 64;
const TYPE_PARAMETER = 131072;

function nodesById(root: Node): ReadonlyMap<number, Node> {
  const found = new Map<number, Node>();
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    const { id, kind } = node as Node;
    if (id !== undefined && kind !== undefined) found.set(id, node as Node);
    for (const value of Object.values(node)) visit(value);
  };
  visit(root);
  return found;
}

const typeOf = (node: Node): Node => node.type as Node;

/** The properties of an interface that is not exported, from its source. */
function sourceProperties(path: string, name: string): readonly Node[] {
  const text = path.startsWith("src/") ? readFileSync(join(ROOT, path), "utf8") : "";
  const body =
    new RegExp(`^export interface ${name}\\b[\\s\\S]*?\\{\\n([\\s\\S]*?)^\\}`, "m").exec(text)?.[1] ?? "";
  const lines = body.matchAll(/(?:^ {2}\/\*\*([\s\S]*?)\*\/\n)?^ {2}readonly (\w+)\??:/gm);
  return [...lines].map(([, comment = "", property]) => ({
    name: property!,
    comment: { summary: [{ text: comment.replaceAll(/^ *\*/gm, "") }] },
  }));
}

/** The names in `Pick<T, "a" | "b">` and `Omit<T, "a">`. */
function literals(type: Node): readonly unknown[] {
  return (type.types ?? [type]).map(({ value }) => value);
}

/** The properties of the type of an `options` parameter, inherited ones included. */
function properties(type: Node, byId: ReadonlyMap<number, Node>): readonly Node[] {
  const inner = (node: Node): readonly Node[] => properties(node, byId);
  if (type.type === "intersection") return type.types!.flatMap(inner);
  if (type.type === "union")
    return type.types!.flatMap(member => (member.type === "reflection" ? [] : inner(member)));
  if (type.type === "reflection") return type.declaration?.children ?? [];
  if (type.type !== "reference") return [];
  const [of, names] = type.typeArguments ?? [];
  if (type.name === "Pick") return inner(of!).filter(({ name }) => literals(names!).includes(name));
  if (type.name === "Omit") return inner(of!).filter(({ name }) => !literals(names!).includes(name));
  if (type.name === "Readonly" || type.name === "Partial") return inner(of!);
  if (typeof type.target === "object")
    return sourceProperties(type.target.packagePath, type.target.qualifiedName);
  const declared = byId.get(type.target!);
  if (declared === undefined) return [];
  if (declared.kind === TYPE_PARAMETER || declared.children === undefined)
    return declared.type === undefined ? [] : inner(typeOf(declared));
  return declared.children;
}

const meaningOf = ({ comment, signatures }: Node): string =>
  ((comment ?? signatures?.[0]?.comment)?.summary ?? [])
    .map(({ text }) => text)
    .join("")
    .replaceAll(/\s+/g, " ")
    .trim();

/** Function → its options, for every public function with a parameter `options`. */
export function optionsOfFunctions(typedoc: unknown): ReadonlyMap<string, readonly Option[]> {
  const root = typedoc as Node;
  const byId = nodesById(root);
  // The builders of `rowfn/statements` have options of the functions that send them.
  const modules = root.children!.filter(({ name }) => name !== "statements");
  const functions = modules.flatMap(({ children }) => children ?? []);
  const found = new Map<string, readonly Option[]>();
  for (const { name, kind, signatures } of functions) {
    if (kind !== FUNCTION) continue;
    const options = new Map<string, Option>();
    for (const parameter of signatures!.flatMap(({ parameters }) => parameters ?? [])) {
      if (parameter.name !== "options") continue;
      for (const property of properties(typeOf(parameter), byId)) {
        const known = options.get(property.name!);
        if (known !== undefined && known.meaning !== "") continue;
        options.set(property.name!, { name: property.name!, meaning: meaningOf(property) });
      }
    }
    if (options.size > 0) found.set(name!, [...options.values()]);
  }
  return found;
}
