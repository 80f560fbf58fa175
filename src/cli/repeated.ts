/** An option that may be given several times: `--schema public --schema audit`. */
export function repeated(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
