import type { SqlHandle } from "./handle.ts";
import { wrappedHandles } from "./wrap-handle.ts";

/** The columns, as `table.column`, whose values messages and traces do not show; true for all. */
export type HiddenColumns = true | readonly string[];

const hiddenByHandle = new WeakMap<SqlHandle, HiddenColumns>();

/** Hides the values of columns in the messages of errors of a handle. */
export function hideColumns(sql: SqlHandle, columns: HiddenColumns): void {
  hiddenByHandle.set(sql, columns);
}

/** Whether messages may show the values of a column. */
export function isShown(sql: SqlHandle, column: string): boolean {
  return wrappedHandles(sql).every(handle => {
    const hidden = hiddenByHandle.get(handle);
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
