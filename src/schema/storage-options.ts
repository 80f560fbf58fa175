import { quoteIdentifier, quoteLiteral } from "./quote.ts";

/** `["fillfactor=70"]` as ` WITH ("fillfactor" = '70')`; an empty string without options. */
export function withClause(options: readonly string[]): string {
  return options.length === 0 ? "" : ` WITH (${options.map(optionSql).join(", ")})`;
}

/** `fillfactor=70` as `"fillfactor" = '70'`. */
export function optionSql(option: string): string {
  const { name, value } = splitOption(option);
  return `${name} = ${quoteLiteral(value)}`;
}

export function optionNameSql(option: string): string {
  return splitOption(option).name;
}

function splitOption(option: string): { readonly name: string; readonly value: string } {
  const end = option.indexOf("=");
  // The parameters of a TOAST table have a prefix: `toast.autovacuum_enabled`.
  const name = option.slice(0, end).split(".").map(quoteIdentifier).join(".");
  return { name, value: option.slice(end + 1) };
}

/** Whether an option of a view makes the privileges and policies of its reader apply. The value is stored as it was written. */
export function isInvokerOption(option: string): boolean {
  return /^security_invoker=(?!f|of|n|0)/i.test(option);
}
