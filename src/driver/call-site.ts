import { RowfnError } from "../errors.ts";

/**
 * The error with the caller's frames on its stack. The driver loses the frames outside of a transaction; a function that
 * is not async loses the frames before an await unless it creates `site` first.
 */
export function withCallSite(error: unknown, site: Error = new Error()): unknown {
  if (error instanceof RowfnError) {
    const stack = error.stack ?? String(error);
    const frames = (site.stack ?? "").split("\n").slice(2);
    error.stack = [stack, ...frames.filter(frame => !stack.includes(frame))].join("\n");
  }
  return error;
}

/** A generator whose errors have the frames of the call that created it. */
export function withCreator<Item>(
  items: AsyncGenerator<Item, void, undefined>,
): AsyncGenerator<Item, void, undefined> {
  return yieldItems(items, new Error());
}

async function* yieldItems<Item>(
  items: AsyncGenerator<Item, void, undefined>,
  site: Error,
): AsyncGenerator<Item, void, undefined> {
  try {
    yield* items;
  } catch (error) {
    throw withCallSite(error, site);
  }
}
