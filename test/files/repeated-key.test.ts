import { expect, test } from "bun:test";
import { findRepeatedKey, hasRepeatedKey } from "../../src/files/repeated-key.ts";

const isRepeated = (text: string): boolean => hasRepeatedKey(text, JSON.parse(text));

test.each([
  ['{"a":1,"a":2}', "a"],
  ['{"a" : 1, "b": {"c": 1, "c" :2}}', "c"],
  ['{"\\"":":","\\u0022":1}', '"'],
  ['[{"a":1},{"a":1,"b\\\\":"\\":","b\\\\":0}]', "b\\"],
])("%s has a key twice", (text, key) => {
  expect(isRepeated(text)).toBe(true);
  expect(findRepeatedKey(text)?.key).toBe(key);
});

test.each(['{"a":{"a":1}}', '[{"a":1},{"a":":"}]', '{"a":"\\":","b":"{\\"b\\":1}"}', '{"a" :"\\\\"}'])(
  "%s has no key twice",
  text => {
    expect(isRepeated(text)).toBe(false);
  },
);

test("strings of millions of characters and escapes are not mistaken for keys", () => {
  for (const piece of ['a\\":', "a:", "\\\\:"]) {
    const long = `"a" :"${piece.repeat(3_000_000)}"`;
    expect(isRepeated(`{${long}}`)).toBe(false);
    expect(findRepeatedKey(`{${long},"b":1,"b":2}`)).toEqual({ key: "b", at: long.length + 8 });
  }
});
