import * as rowfn from "./every-entry.ts";

type AnyFunction = (...args: readonly unknown[]) => unknown;

/** The error of a call of a public function, or undefined. Generators and streams start when they are read. */
export async function callError(name: string, args: readonly unknown[]): Promise<unknown> {
  try {
    const result = await (rowfn as unknown as Record<string, AnyFunction>)[name]!(...args);
    if (result instanceof ReadableStream) await new Response(result).text();
    else if (typeof result === "object" && result !== null && Symbol.asyncIterator in result)
      await Array.fromAsync(result as AsyncIterable<unknown>);
    return undefined;
  } catch (error) {
    return error;
  }
}
