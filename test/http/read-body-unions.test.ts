// A union that contains itself, whose values a client can nest as deep as it wants.
import { expect, test } from "bun:test";
import * as v from "valibot";
import { readBody } from "../../src/http/index.ts";

const post = (body: string): Request =>
  new Request("http://localhost/", {
    method: "POST",
    body,
    headers: { "content-type": "application/json" },
  });

type Tree = bigint | string | Tree[];

test("a number inside 200 levels of a union that contains itself keeps its digits", async () => {
  let leaves = 0;
  const leaf = v.pipe(
    v.bigint(),
    v.check(() => ++leaves > 0),
  );
  const tree: v.GenericSchema<Tree> = v.union([leaf, v.string(), v.array(v.lazy(() => tree))]);
  const levels = 200;
  const body = `${"[".repeat(levels)}12345678901234567890${"]".repeat(levels)}`;
  let found: unknown = await readBody(post(body), tree);
  for (let level = 0; level < levels; level++) [found] = found as unknown[];
  expect(found).toBe(12345678901234567890n);
  // Each level validates its part once more, and none doubles the work.
  expect(leaves).toBeLessThan(3 * levels);
});

test("a value that no option of a union accepts has the issues of the union", async () => {
  const schema = v.object({ a: v.union([v.boolean(), v.array(v.bigint())]) });
  await expect(readBody(post('{"a":{"b":1}}'), schema)).rejects.toThrow(
    "body.a: Invalid type: Expected (boolean | Array)",
  );
});

test("an option of a union inside another option has the form that is accepted", async () => {
  const inner = v.union([v.object({ n: v.bigint() }), v.object({ s: v.string() })]);
  const schema = v.array(v.union([v.number(), inner]));
  const body = '[1,{"n":12345678901234567890},{"s":"x"}]';
  expect(await readBody(post(body), schema)).toEqual([1, { n: 12345678901234567890n }, { s: "x" }]);
});
