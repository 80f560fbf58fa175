// The headers of the caller beside those of the response, and the format of a write.
import { expect, test } from "bun:test";
import { problem, RequestError, respond } from "../../src/http/index.ts";

const get = (headers: Record<string, string> = {}, method = "GET"): Request =>
  new Request("http://localhost/item?limit=2", { headers, method });

test("a header of the caller replaces that of the response, in upper or lower case", async () => {
  const headers = { "Content-Type": "application/hal+json", ETag: '"own"' };
  const row = await respond(get(), { id: 1 }, { etag: "7", headers });
  expect(Object.fromEntries(row.headers)).toEqual({ "content-type": "application/hal+json", etag: '"own"' });
  const head = await respond(get({}, "HEAD"), { id: 1 }, { headers });
  expect(Object.fromEntries(head.headers)).toEqual({
    ...{ "content-type": "application/hal+json", "content-length": "8", etag: '"own"' },
  });
  const type = { "Content-Type": "application/problem+json; charset=utf-8" };
  expect(Object.fromEntries(problem(new RequestError(401, "no", "no"), { headers: type }).headers)).toEqual({
    "content-type": "application/problem+json; charset=utf-8",
  });
});

test("Vary and Link of the caller are added to those of the response", async () => {
  const page = { rows: [], next: "A", previous: null };
  for (const headers of [
    { Vary: "origin", Link: '</schema>; rel="describedby"' },
    { vary: "origin", link: '</schema>; rel="describedby"' },
  ])
    expect(Object.fromEntries((await respond(get(), page, { headers })).headers)).toEqual({
      "content-type": "application/json",
      vary: "accept, origin",
      link: '</item?limit=2&after=A>; rel="next", </schema>; rel="describedby"',
    });
});

test("a 304 has the headers of the caller as the 200 would", async () => {
  const headers = { "Cache-Control": "no-cache", ETag: '"own"' };
  const known = await respond(get({ "if-none-match": '"7"' }), { id: 1 }, { etag: "7", headers });
  expect([known.status, Object.fromEntries(known.headers)]).toEqual([
    304,
    { "cache-control": "no-cache", etag: '"own"' },
  ]);
});

test("the rows of a write are JSON for a client that accepts no format, because they are stored", async () => {
  const request = get({ accept: "text/html" }, "POST");
  for (const rows of [{ id: 1 }, [{ id: 1 }]]) {
    const response = await respond(request, rows, { status: 201 });
    expect([response.status, await response.json()]).toEqual([201, rows as unknown]);
  }
  expect((await respond(get({ accept: "text/html" }), [{ id: 1 }])).status).toBe(406);
});
