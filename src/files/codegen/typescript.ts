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
