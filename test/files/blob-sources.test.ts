// Files that are no files on disk: from forms, in memory, and in S3.
import { expect, test } from "bun:test";
import { type FileSource, importRows } from "../../src/files/index.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables("create table item (id int primary key)", "truncate item");

const TEXT = `id\n${Array.from({ length: 3_000 }, (_, id) => `${id}\n`).join("")}`;

/** The file that a form was sent with. */
async function formFile(): Promise<Blob> {
  const form = new FormData();
  form.set("file", new File([TEXT], "items.csv"));
  return (await new Response(form).formData()).get("file") as Blob;
}

test.each([
  ["a form", formFile],
  ["a named file in memory", async () => new File([TEXT], "items.csv")],
  ["a blob", async () => new Blob([TEXT])],
])("a long file of %s is sent unchanged, and creates a table", async (_, open) => {
  const sent: string[] = [];
  const onStatement = ({ text }: { text: string }): void => void sent.push(text);
  expect(await importRows(sql, schema, "item", await open(), { format: "csv", onStatement })).toBe(3_000);
  expect(sent).toEqual(['COPY "public"."item" ("id") FROM STDIN (FORMAT csv)']);
  await plain("drop table if exists made");
  const made = await importRows(sql, schema, "made", await open(), { format: "csv", create: true });
  expect(made.rows).toBe(3_000);
  expect(await plain("select count(*)::int, sum(id)::text from made")).toEqual([[3_000, "4498500"]]);
});

test("a file in S3 is read once, also to create a table", async () => {
  const requests: string[] = [];
  using server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: ({ method }) => {
      requests.push(method);
      return new Response(TEXT);
    },
  });
  const endpoint = server.url.href;
  const options = { accessKeyId: "key", secretAccessKey: "secret", bucket: "files", endpoint };
  const source: FileSource = new Bun.S3Client(options).file("items.csv");
  await plain("drop table if exists made");
  const { rows } = await importRows(sql, schema, "made", source, { format: "csv", create: true });
  expect(rows).toBe(3_000);
  expect(requests).toEqual(["GET"]);
});
