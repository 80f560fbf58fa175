// The first examples of the README: the code that a reader copies is run here.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { runExample } from "../support/run-example.ts";

const ROOT = join(import.meta.dir, "../..");
let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase({
    template:
      "create table note (id bigint generated always as identity primary key, body varchar(80) not null, stars int)",
  });
});
afterAll(() => database.drop());

test.each(["first.ts", "server.ts"])("the README shows examples/first/%s unchanged", name => {
  const shown = readFileSync(join(ROOT, "README.md"), "utf8");
  expect(shown).toContain(
    `\`\`\`ts ${name}\n${readFileSync(join(ROOT, "examples/first", name), "utf8")}\`\`\``,
  );
});

test("the first example prints the inserted row", async () => {
  expect(await runExample("first/first.ts", database)).toBe(
    `[\n  {\n    id: "1",\n    body: "Hello",\n    stars: 5,\n  }\n]\n`,
  );
});

test("the server stores a valid row, explains an invalid one and responds to a missing one", async () => {
  const child = Bun.spawn([process.execPath, join(ROOT, "examples/first/server.ts")], {
    env: { ...process.env, DATABASE_URL: database.url, PORT: "0" },
    stdout: "pipe",
  });
  try {
    const { value } = await child.stdout.getReader().read();
    const url = new TextDecoder().decode(value).trim();
    const post = (row: object): Promise<Response> =>
      fetch(url, {
        method: "POST",
        body: JSON.stringify(row),
        headers: { "content-type": "application/json" },
      });

    const created = await post({ body: "Hello", stars: 5 });
    expect([created.status, await created.json()]).toEqual([201, { id: "1", body: "Hello", stars: 5 }]);

    const invalid = await post({ body: "x".repeat(81), stars: "many" });
    expect([invalid.status, await invalid.json()]).toMatchObject([
      422,
      { errors: [{ pointer: "/body" }, { pointer: "/stars" }] },
    ]);

    expect((await fetch(`${url}/7`)).status).toBe(404);
    expect((await fetch(`${url}?stars[gt]=x`)).status).toBe(400);
    expect(await (await fetch(`${url}?stars[gt]=4`)).json()).toEqual([{ id: "1", body: "Hello", stars: 5 }]);
    expect(await database.sql`select body, stars from note`.values()).toEqual([["Hello", 5]]);
  } finally {
    child.kill();
    await child.exited;
  }
});
