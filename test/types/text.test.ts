import { expect, test } from "bun:test";
import { checkText } from "../../src/types/text.ts";

test("a NUL or a lone surrogate is found at any position of strings of any length", () => {
  for (let length = 1; length <= 40; length++) {
    for (let at = 0; at < length; at++) {
      const surround = (part: string): string => "a".repeat(at) + part + "é".repeat(length - at - 1);
      for (const part of ["\0", "\ud83d", "\ude00", "\ude00\ud83d"])
        expect([surround(part), checkText(surround(part))]).not.toEqual([surround(part), undefined]);
      for (const part of ["\u0001", "\ud7ff", "\ue000", "\uffff", "😀"])
        expect([surround(part), checkText(surround(part))]).toEqual([surround(part), undefined]);
    }
  }
});
