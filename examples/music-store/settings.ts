/** The value of `customer.settings`. */
export interface CustomerSettings {
  readonly theme?: "dark" | "light";
  /** From 0 to 10. */
  readonly volume?: number;
  readonly genres?: readonly number[];
}
