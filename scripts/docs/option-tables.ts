// A page has the options of functions between `<!-- options: insert, update -->` and `<!-- end of options -->`.
import type { Option } from "./options.ts";

const BLOCK = /^(<!-- options: (.+) -->)\n[\s\S]*?^<!-- end of options -->$/gm;

/** The functions whose options a page shows. */
export function functionsWithTable(page: string): readonly string[] {
  return [...page.matchAll(BLOCK)].flatMap(([, , names]) => names!.split(", "));
}

type OptionsOf = ReadonlyMap<string, readonly Option[]>;

/** An option of several functions with the same meaning. */
interface Line {
  readonly name: string;
  readonly meaning: string;
  readonly functions: string[];
}

function linesOf(names: readonly string[], optionsOf: OptionsOf): readonly Line[] {
  const lines = new Map<string, Line>();
  for (const name of names) {
    const options = optionsOf.get(name);
    if (options === undefined) throw new Error(`a page shows the options of ${name}, which has none`);
    for (const { name: option, meaning } of options) {
      const key = `${option} ${meaning}`;
      if (!lines.has(key)) lines.set(key, { name: option, meaning, functions: [] });
      lines.get(key)!.functions.push(name);
    }
  }
  return [...lines.values()];
}

// What nearly every function has comes last.
const COMMON = ["onStatement", "signal", "timeout"];

const isCommon = (option: string): boolean => COMMON.includes(option);

function inOrder(lines: readonly Line[]): readonly Line[] {
  const rest = lines.filter(({ name }) => !isCommon(name));
  return [
    ...rest.toSorted((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name))),
    ...lines.filter(({ name }) => isCommon(name)),
  ];
}

function functionsText(functions: readonly string[], names: readonly string[]): string {
  const without = names.filter(name => !functions.includes(name));
  const list = (some: readonly string[]): string => some.map(name => `\`${name}\``).join(", ");
  if (without.length === 0) return "all";
  return without.length * 2 < functions.length ? `all but ${list(without)}` : list(functions);
}

function padded(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map(row => Bun.stringWidth(row[column]!))));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell + " ".repeat(widths[column]! - Bun.stringWidth(cell))).join(" | ")} |`;
  const rule = `| ${widths.map(width => "-".repeat(width)).join(" | ")} |`;
  return [line(rows[0]!), rule, ...rows.slice(1).map(line)].join("\n");
}

function table(names: readonly string[], optionsOf: OptionsOf): string {
  const lines = inOrder(linesOf(names, optionsOf));
  const cells = lines.map(({ name, meaning, functions }) => [
    `\`${name}\``,
    ...(names.length === 1 ? [] : [functionsText(functions, names)]),
    meaning.replaceAll("|", "\\|"),
  ]);
  const head =
    names.length === 1 ? [`option of \`${names[0]}\``, "meaning"] : ["option", "functions", "meaning"];
  return padded([head, ...cells]);
}

/** Returns a page with current tables of options. */
export function fillOptions(page: string, optionsOf: OptionsOf): string {
  return page.replaceAll(
    BLOCK,
    (_, start: string, names: string) =>
      `${start}\n\n${table(names.split(", "), optionsOf)}\n\n<!-- end of options -->`,
  );
}
