/** The cells of all tables by heading, row and column, and an empty cell per heading. */
export function contents(text: string): Map<string, string> {
  const sections = text.split(/^(?=## )/m).map(section => [section.split("\n")[0]!, section] as const);
  return new Map(
    sections.flatMap(([heading, section]) => [
      [heading, ""] as const,
      ...(section.match(/^\|.*\n(\|.*\n)+/gm) ?? []).flatMap(table => cellsOf(heading, table)),
    ]),
  );
}

function cellsOf(heading: string, table: string): (readonly [string, string])[] {
  const [columns, , ...rows] = table
    .trim()
    .split("\n")
    .map(line => line.split("|").map(cell => cell.trim()));
  return rows.flatMap(cells =>
    columns!
      .slice(2, -1)
      .map((column, index) => [`${heading} | ${cells[1]} | ${column}`, cells[index + 2]!] as const),
  );
}
