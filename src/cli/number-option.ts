import { InvalidArgumentError } from "@commander-js/extra-typings";

/** An option that is a whole number from 0. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("It is a whole number from 0.");
  return Number(text);
}
