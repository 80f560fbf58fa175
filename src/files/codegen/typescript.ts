import type { Relation } from "../../schema/snapshot.ts";

/** The name of a property in an object type, quoted unless it is an identifier. */
export function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) && name !== "__proto__" ? name : JSON.stringify(name);
}

/** A doc comment with a line feed at the end; empty if there are no paragraphs. */
export function docComment(paragraphs: readonly (string | null)[]): string {
  const text = paragraphs.filter(part => part !== null && part !== "").join("\n\n");
  if (text === "") return "";
  const lines = text.replaceAll("*/", "*\\/").split(/\r\n|[\n\r\u2028\u2029]/);
  return lines.length === 1
    ? `/** ${lines[0]} */\n`
    : ["/**", ...lines.map(line => ` * ${line}`.trimEnd()), " */\n"].join("\n");
}

/** A unique PascalCase identifier for each relation. */
export function interfaceNames(
  relations: readonly Relation[],
  imports: ReadonlyMap<string, string>,
): ReadonlyMap<Relation, string> {
  // The names of interfaces end in `Row`, `Insert`, `Update` or `Filter`.
  const used = new Set([...imports.keys()].map(name => name.replace(/(Row|Insert|Update|Filter)$/, "")));
  const names = new Map<Relation, string>();
  for (const relation of relations) {
    const wanted = pascalCase(relation.isVisible ? relation.name : `${relation.schema}_${relation.name}`);
    let name = wanted;
    for (let number = 2; used.has(name); number++) name = `${wanted}${number}`;
    used.add(name);
    names.set(relation, name);
  }
  return names;
}

function pascalCase(name: string): string {
  const words = name.split(/[^\p{ID_Continue}]+|_+/u).filter(word => word !== "");
  const joined = words.map(word => word[0]!.toUpperCase() + word.slice(1)).join("");
  return /^\p{ID_Start}/u.test(joined) ? joined : `Table${joined}`;
}
