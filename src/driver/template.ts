/** The strings of a template, of a text that is created at run time. */
export function templateOf(strings: readonly string[]): TemplateStringsArray {
  return Object.defineProperty([...strings], "raw", { value: strings }) as unknown as TemplateStringsArray;
}
