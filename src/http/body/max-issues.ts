/**
 * The number of issues after which a body is not examined further, and of errors in a response: a body can have an issue per
 * byte, and an issue costs far more than a byte.
 */
export const MAX_ISSUES = 100;
