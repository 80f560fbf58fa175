/** The time limit of a test, in milliseconds. It stops a test that hangs; it is not a measure of speed. */
export const TIME_LIMIT_MS = 300_000;
