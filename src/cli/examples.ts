/** The end of a subcommand's help. */
export function examples(...lines: readonly string[]): string {
  return ["", "Examples:", ...lines.map(line => `  $ ${line}`)].join("\n");
}
