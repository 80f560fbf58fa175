/**
 * The type of a name that does not exist, with the reason for the compiler's message. It is an object, because the
 * intersection with a string would be `never`, which explains nothing.
 */
export interface Rejected<Reason extends string> {
  readonly "~rejected": Reason;
}
