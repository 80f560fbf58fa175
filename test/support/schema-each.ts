/** SQL that runs each text in its own schema: `p0`, `p1` and so on, so that one migration changes all of them. */
export function schemaEachSql(texts: readonly string[]): string {
  const each = texts.map(
    (text, index) => `create schema p${index}; set search_path to p${index}, public; ${text};`,
  );
  return `${each.join("\n")} reset search_path;`;
}
