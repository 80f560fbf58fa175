/** The time of the `Date` that represents infinity: the largest one, and negated the smallest one. */
export const INFINITE_TIME = 8.64e15;
