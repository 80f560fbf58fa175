/** A doc comment with its line end, of paragraphs; nothing without one. What would end it early is taken apart. */
export function docComment(paragraphs: readonly (string | null)[]): string {
  const text = paragraphs.filter(part => part !== null && part !== "").join("\n\n");
  if (text === "") return "";
  const lines = text.replaceAll("*/", "*\\/").split(/\r\n|[\n\r\u2028\u2029]/);
  return lines.length === 1
    ? `/** ${lines[0]} */\n`
    : ["/**", ...lines.map(line => ` * ${line}`.trimEnd()), " */\n"].join("\n");
}
