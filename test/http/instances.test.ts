import { expect, test } from "bun:test";
import { respond } from "../../src/http/index.ts";
import { ArgumentError } from "../../src/index.ts";

const text = async (value: object): Promise<string> =>
  await (await respond(new Request("http://localhost/"), value)).text();

test("an instance of a class is printed as by JSON.stringify, with every digit", async () => {
  class Point {
    readonly x: number | bigint;
    readonly y = [1, 2];
    constructor(x: number | bigint) {
      this.x = x;
    }
  }
  class Money {
    toJSON = (): unknown => ({ amount: 2n, unit: "EUR" });
  }
  expect(await text(new Point(1n))).toBe('{"x":1,"y":[1,2]}');
  expect(await text([{ id: 1n, at: new Point(2) }])).toBe('[{"id":1,"at":{"x":2,"y":[1,2]}}]');
  expect(await text({ at: new Point(-0), price: new Money() })).toBe(
    '{"at":{"x":-0,"y":[1,2]},"price":{"amount":2,"unit":"EUR"}}',
  );
});

test.each([Promise.resolve({ id: 1 }), new Map([["id", 1]]), new Set([{ id: 1 }]), [{ id: 1 }].values()])(
  "%p is an error, because JSON would be {}",
  rows => expect(text(rows)).rejects.toThrow(ArgumentError),
);

test("a row with the columns of a page and others is a row, with all of its columns", async () => {
  const row = { id: 3, rows: [1], next: "a", previous: null };
  expect(await text(row)).toBe(JSON.stringify(row));
  expect(await text({ rows: [{ id: 1 }], next: null, previous: null, total: 1 })).toBe('[{"id":1}]');
});

test("an invalid Date is null", async () => expect(await text({ at: new Date("x") })).toBe('{"at":null}'));
