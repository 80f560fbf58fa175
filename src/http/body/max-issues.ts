/**
 * The number of issues after which a body is not examined further, and of errors in a response: a body can have as many as
 * bytes, and each takes a hundred times as long as reading its byte.
 */
export const MAX_ISSUES = 100;
