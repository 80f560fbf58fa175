import { expect, test } from "bun:test";
import { respond } from "../../src/http/index.ts";

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
