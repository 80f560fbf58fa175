import { ArgumentError } from "../errors.ts";
import { describeValue } from "../types/problem.ts";

/** Throws ArgumentError for anything but a request. */
export function requireRequest(request: unknown): void {
  if (!(request instanceof Request))
    throw new ArgumentError(`request must be a Request, received ${describeValue(request)}`);
}
