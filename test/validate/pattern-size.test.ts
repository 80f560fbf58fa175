// The size that PostgreSQL computes for a regular expression: each pair has a pattern within a limit and one above it.
import { expect, test } from "bun:test";
import { isTooLarge, PLACE } from "../../src/validate/pattern-size.ts";

const times = (text: string, count: number): string => text.repeat(count);
/**
 * A group in which each letter can be the first and the last one. Two adjacent groups of 230 letters have too many
 * pairs.
 */
const letters = (count: number): string => `(${Array(count).fill("a").join("|")})`;
const MANY = letters(230);
const between = (text: string): string => `${MANY}${text}${MANY}`;

test.each<readonly [what: string, within: string, beyond: string]>([
  ["5,000 parts", times("a", 5_000), times("a", 5_001)],
  ["a group is a part", times("(a)", 2_500), `${times("(a)", 2_500)}a`],
  ["alternatives count together", `a{2500}|a{2500}`, `a{2500}|a{2501}`],
  ["a number of copies", "a{5000}", "a{5001}"],
  ["at least n copies, and a loop", "a{4999,}", "a{5000,}"],
  ["at most n copies", "a{4998,5000}", "a{4998,5001}"],
  ["+ is a copy and a loop", times("a+", 2_500), `${times("a+", 2_500)}a`],
  ["* is a loop", times("a*b", 2_500), `${times("a*b", 2_500)}a`],
  ["? is one copy", times("a?b", 2_500), `${times("a?b", 2_500)}a`],
  ["the shortest match", times("a+?", 2_500), `${times("a+?", 2_500)}a`],
  // Each two letters of a group are a pair, and so are each letter of one group and each letter of the other.
  ["50,000 pairs", letters(20) + letters(2_380), `${letters(20)}${letters(2_380)}|a`],
  [
    "50,000 pairs before a group",
    `${letters(19)}(${letters(2_380)}b)`,
    `${letters(19)}(${letters(2_380)}b)|a`,
  ],
  [
    "50,000 pairs after a group",
    `(b${letters(2_380)})${letters(19)}`,
    `(b${letters(2_380)})${letters(19)}|a`,
  ],
  ["pairs across an optional part", between("b"), between("b?")],
  ["pairs across two optional parts", between("b?c"), between("b?c?")],
  ["only the second one can be empty", between("bc?"), between("b*c*")],
  ["an empty alternative at the end", between("(b|c)"), between("(b|)")],
  ["an empty alternative at the start", between("(b|c)"), between("(|b)")],
  ["a place is empty", between("b"), between("^")],
  ["a part at the start of a group", `${MANY}(b${MANY})`, `${MANY}(b?${MANY})`],
  ["a part at the end of a group", `(${MANY}b)${MANY}`, `(${MANY}b?)${MANY}`],
  ["a loop joins its end to its start", `${MANY}?`, `${MANY}*`],
  ["a loop after a copy", `${MANY}{1}`, `${MANY}+`],
  ["at least one copy, and a loop", `${MANY}{0,1}`, `${MANY}{1,}`],
  ["copies are neighbors", `${MANY}{1,1}`, `${MANY}{1,2}`],
  ["10 places at the start", times("^", 10), times("^", 11)],
  ["10 places at the end", times("$", 10), times("$", 11)],
  ["10 other places", times(PLACE, 10), times(PLACE, 11)],
  ["places of one alternative", `${times("^", 10)}|${times("^", 10)}`, `^|${times("^", 11)}|^`],
  ["places in a loop count twice", "(^^^^^)*", "(^^^^^^)*"],
  ["places in copies", "(^){10}", "(^){11}"],
  ["1,000 levels", times("(", 1_000) + times(")", 1_000), times("(", 1_001) + times(")", 1_001)],
  ["levels, not groups", times("()", 1_001), `${times("(", 1_001)}a${times(")", 1_001)}`],
  ["10,000 characters", `a{${"1".padStart(9_997, "0")}}`, `a{${"1".padStart(9_998, "0")}}`],
])("the limits of a regular expression: %s", (_what, within, beyond) => {
  expect([within, beyond].map(isTooLarge)).toEqual([false, true]);
});
