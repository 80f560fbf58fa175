import type { SqlHandle } from "./handle.ts";
import { wrappedHandles } from "./wrap-handle.ts";

/** The property of a handle with the columns whose values messages and traces do not show. */
export const HIDDEN: unique symbol = Symbol.for("rowfn.hiddenColumns");

/** The columns, as `table.column`, whose values messages and traces do not show; true for all. */
export type HiddenColumns = true | readonly string[];

/** Whether messages may show the values of a column. */
export function isShown(sql: SqlHandle, column: string): boolean {
  return wrappedHandles(sql).every(handle => {
    const hidden = (handle as { readonly [HIDDEN]?: HiddenColumns })[HIDDEN];
    return hidden === undefined || (hidden !== true && !hidesColumn(hidden, column));
  });
}

/**
 * Whether one of the names means a column. It can be quoted, and have or lack the schema: a value is hidden rather too often
 * than shown.
 */
export function hidesColumn(names: readonly string[], column: string): boolean {
  return names.some(name => {
    const plain = name.replace(QUOTED, (_, inner: string) => inner.replaceAll('""', '"'));
    return name === column || `.${plain}`.endsWith(`.${column}`) || column.endsWith(`.${plain}`);
  });
}

const QUOTED = /(?<=^|\.)"((?:[^"]|"")*)"(?=\.|$)/g;
