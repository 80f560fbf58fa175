// A source that an import does not read to its end is closed, with and without limits.
import { expect, test } from "bun:test";
import { sourceText } from "../../src/files/file-source.ts";
import { type FileSource, importRows } from "../../src/files/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables("create table item (id int primary key)", "truncate item");

interface Source {
  readonly source: FileSource;
  readonly closed: Promise<void>;
}

/** A generator whose rows are invalid CSV. */
function generator(): Source {
  const { promise, resolve } = Promise.withResolvers<void>();
  const chunks = async function* (): AsyncGenerator<string> {
    try {
      yield "id\n";
      for (let row = 0; row < 1_000; row++) yield '"1"y\n';
    } finally {
      resolve();
    }
  };
  return { source: chunks(), closed: promise };
}

/** The same as a stream, which stalls after some chunks. */
function stream(chunks = ["id\n", '"1"y\n2\n3\n4\n']): Source {
  const { promise, resolve } = Promise.withResolvers<void>();
  const left = chunks.map(chunk => new TextEncoder().encode(chunk));
  const source = new ReadableStream<Uint8Array>({
    pull: controller => {
      const next = left.shift();
      return next === undefined ? new Promise<void>(() => {}) : controller.enqueue(next);
    },
    cancel: resolve,
  });
  return { source, closed: promise };
}

const LIMITS = [{}, { timeout: 60_000 }, { signal: new AbortController().signal }] as const;

test.each(LIMITS.map((limits, index) => [index, limits] as const))(
  "an invalid row is reported before the next chunk arrives, and the source is closed (limits %d)",
  async (_, limits) => {
    for (const { source, closed } of [generator(), stream()]) {
      const error = await failure(importRows(sql, schema, "item", source, { format: "csv", ...limits }));
      expect(error.message).toContain("text follows the closing quote");
      await closed;
    }
    expect(await plain("select count(*)::int from item")).toEqual([[0]]);
  },
);

test("a stream that stalls is canceled at the deadline", async () => {
  const { source, closed } = stream(["id\n", "1\n"]);
  // On a connection of its own, because a pool may need longer to open one.
  const own = await sql.reserve();
  const error = await failure(importRows(own, schema, "item", source, { format: "csv", timeout: 50 }));
  own.release();
  expect(error.message).toBe("the call took longer than 50 ms; nothing was sent");
  await closed;
  expect((source as ReadableStream).locked).toBe(false);
  expect(await plain("select count(*)::int from item")).toEqual([[0]]);
});

test("a stream that has ended is not locked, with and without limits", async () => {
  for (const limits of LIMITS) {
    await plain("truncate item");
    const source = new Response("id\n1\n").body!;
    expect(await importRows(sql, schema, "item", source, { format: "csv", ...limits })).toBe(1);
    expect(source.locked).toBe(false);
  }
});

test("a chunk that was read is not kept until the source ends", async () => {
  const chunks: WeakRef<Uint8Array>[] = [];
  const source = async function* (): AsyncGenerator<Uint8Array> {
    for (let row = 0; row < 1_000; row++) {
      const chunk = new TextEncoder().encode(`${row}\n`);
      chunks.push(new WeakRef(chunk));
      yield chunk;
    }
  };
  const { signal } = new AbortController();
  let kept = 0;
  for await (const _ of sourceText(source(), signal, () => {})) {
    if (chunks.length < 1_000) continue;
    Bun.gc(true);
    kept = chunks.filter(chunk => chunk.deref() !== undefined).length;
  }
  // The collector may take a value on the stack for a reference.
  expect(kept).toBeLessThan(100);
});
