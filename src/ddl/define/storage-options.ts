import { quoteIdentifier, quoteLiteral } from "../../schema/quote.ts";

/** `["fillfactor=70"]` as ` WITH ("fillfactor" = '70')`; an empty string without options. */
export function withClause(options: readonly string[]): string {
  return options.length === 0 ? "" : ` WITH (${options.map(storageOptionSql).join(", ")})`;
}

/** `fillfactor=70` as `"fillfactor" = '70'`. */
export function storageOptionSql(option: string): string {
  const { name, value } = splitOption(option);
  return `${quoteIdentifier(name)} = ${quoteLiteral(value)}`;
}

export function storageOptionNameSql(option: string): string {
  return quoteIdentifier(splitOption(option).name);
}

function splitOption(option: string): { readonly name: string; readonly value: string } {
  const end = option.indexOf("=");
  return { name: option.slice(0, end), value: option.slice(end + 1) };
}
