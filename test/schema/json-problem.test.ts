import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { jsonProblemText } from "../../src/schema/json-problem.ts";

const NAME = "a property name in double quotes";

test.each([
  ["", "", 1, "expected a value, received the end of the text"],
  [" \n ", "line 2, ", 2, "expected a value, received the end of the text"],
  ['{"a": 1', "", 8, 'expected "," or "}", received the end of the text'],
  ['{"a": 1,}', "", 9, `expected ${NAME}, received "}"`],
  ["{'a': 1}", "", 2, `expected ${NAME} or "}", received "'"`],
  ["{id: 1}", "", 2, `expected ${NAME} or "}", received "id"`],
  ['{"a" 1}', "", 6, 'expected ":", received "1"'],
  ['{"a": }', "", 7, 'expected a value, received "}"'],
  ["[1,]", "", 4, 'expected a value, received "]"'],
  ["[,]", "", 2, 'expected a value or "]", received ","'],
  ["[1 2]", "", 4, 'expected "," or "]", received "2"'],
  ['{"a": [1, 2}', "", 12, 'expected "," or "]", received "}"'],
  ["1 2", "", 3, 'expected the end, received "2"'],
  ["01", "", 2, 'expected the end, received "1"'],
  ["NaN", "", 1, 'expected a value, received "NaN"'],
  ["\uFEFF1", "", 1, 'expected a value, received "\uFEFF"'],
  ['{\n  "é😀": "a\nb"\n}', "line 2, ", 11, 'expected the closing quote of a string, received "\\n"'],
  ['"abc', "", 5, "expected the closing quote of a string, received the end of the text"],
  ['"\\x"', "", 2, 'expected an escape such as "\\n" or "\\u00e9", received "\\\\"'],
] as const)("%j is not JSON at %scharacter %d", (text, line, character, reason) => {
  expect(jsonProblemText(text)).toBe(`${line}character ${character}: ${reason}`);
});

test("a problem is reported if and only if JSON.parse rejects the text", () => {
  const pieces = fc.array(
    fc.constantFrom(...["{", "}", "[", "]", ",", ":", '"', '"a"', "0", "-1.5e3", "1.", "true", "nul", " "]),
    { maxLength: 12 },
  );
  const texts = fc.oneof(
    pieces.map(list => list.join("")),
    fc.json(),
    fc.tuple(fc.json(), fc.nat()).map(([text, at]) => text.slice(0, at % (text.length + 1))),
    fc.tuple(fc.json(), fc.nat(), fc.string({ maxLength: 2 })).map(([text, at, more]) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + more + text.slice(place);
    }),
  );
  fc.assert(
    fc.property(texts, text => {
      expect(jsonProblemText(text) === "it is too deeply nested").toBe(isJson(text));
    }),
    { numRuns: 5_000 },
  );
});

test("long strings and deep nesting are read to the end", () => {
  expect(jsonProblemText(`"${"x".repeat(5_000_000)}`)).toStartWith("character 5000002: ");
  expect(jsonProblemText("[".repeat(200_000))).toStartWith("character 200001: ");
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
