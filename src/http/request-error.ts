import { RowfnError } from "../errors.ts";

/** A request that is answered with an HTTP status; `problem` sends its message as the detail. */
export class RequestError extends RowfnError {
  override name = "RequestError";
  /** From 400 to 599; `problem` answers an error with any other by 500. */
  readonly status: number;
  /** A short name of the problem for programs, such as `body_too_large`. */
  readonly code: string;

  constructor(status: number, message: string, code: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.code = code;
  }
}
