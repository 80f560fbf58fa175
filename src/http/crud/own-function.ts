import { ArgumentError, UnknownNameError } from "../../errors.ts";

/**
 * The result of a function of the options. Its mistakes, such as the name of a table that does not exist, are errors of the program,
 * which must not be answered as those of a client.
 */
export async function callOwn<Result>(
  name: "scope" | "authorize",
  call: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof ArgumentError || error instanceof UnknownNameError)) throw error;
    throw new TypeError(`crud: ${name} failed: ${error.message}`, { cause: error });
  }
}
