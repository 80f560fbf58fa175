import type { Statement } from "./statement.ts";

/** The statement that traces show. */
interface Shown {
  readonly text: string;
  readonly params: readonly unknown[];
}

// A hidden property of the parameters, or of the strings of a template, that a statement is sent with.
const SHOWN: unique symbol = Symbol.for("rowfn.shownStatement");

/** Returns the parameters, or the strings of a template, with which traces show a different statement. */
export function showAs<Sent extends readonly unknown[]>(sent: Sent, shown: Shown): Sent {
  return Object.defineProperty(sent, SHOWN, { value: shown, configurable: true });
}

/** The parameters to send a text of literals with, in whose place errors and traces show a statement without values. */
export function shownParams(shown: Statement): never[] {
  return showAs<never[]>([], shown);
}

/** The statement that traces show in place of the one sent with these parameters or strings of a template. */
export function shownStatement(params: readonly unknown[]): Shown | undefined {
  return (params as { readonly [SHOWN]?: Shown })[SHOWN];
}
