// The functions of `rowfn/http` with a generated module, as the servers in the documentation use them.
import { expectTypeOf, test } from "bun:test";
import * as v from "valibot";
import { bodyRows, crud, ifMatch, keySchema, querySchema, readBody, respond } from "../../src/http/index.ts";
import {
  count,
  getOrThrow,
  insert,
  insertMany,
  insertSchema,
  nest,
  page,
  rowsWhere,
  scope,
  update,
  updateSchema,
} from "../../src/index.ts";
import { sql, store, type TrackRow } from "../support/typed-music-store.ts";

const mine = () => scope(store, { "*": { artist_id: 1 } }, { open: ["genre", "track"] });

async function lists(request: Request): Promise<Response> {
  const query = querySchema(store, "track", {
    filter: ["genre_id"],
    sort: ["name", "album.title", "album.artist.name"],
    include: { album: true },
  });
  const wanted = v.parse(query, new URL(request.url).searchParams);
  const found = await page(sql, store, "track", wanted);
  expectTypeOf(found.rows).toEqualTypeOf<TrackRow[]>();
  await page(sql, mine(), "track", wanted);
  await count(sql, store, "track", { where: wanted.where });
  await rowsWhere(sql, store, "track", { where: wanted.where, limit: wanted.limit });
  crud(sql, store, {
    tables: { employee: { sort: ["employee.last_name"] }, track: { sort: ["album.title"] } },
  });
  // @ts-expect-error no such column of the related table
  crud(sql, store, { tables: { track: { sort: ["album.titel"] } } });
  // @ts-expect-error no such column of the related table
  querySchema(store, "track", { sort: ["album.titel"] });
  return respond(request, found);
}

function paths(request: Request): Promise<Response> {
  const routes = crud(sql, store, { prefix: "/api", tables: { genre: { sort: ["name"] } } });
  // @ts-expect-error not a table of the routes
  void routes["/api/track"](request);
  // @ts-expect-error no such table
  crud(sql, store, { tables: { genres: { sort: ["name"] } } });
  return routes["/api/genre"](request);
}

async function rows(request: Request): Promise<Response> {
  const artist = await readBody(request, insertSchema(store, "artist", { include: nest({ album: true }) }));
  await insert(sql, store, "artist", artist, { include: nest({ album: true }) });
  const stored = await insert(sql, store, "genre", await readBody(request, insertSchema(store, "genre")));
  const id = v.parse(keySchema(store, "genre"), "7");
  await update(sql, store, "genre", {
    ...(await readBody(request, updateSchema(store, "genre"))),
    genre_id: id,
  });
  const milliseconds = ifMatch(request, store, "track", "milliseconds");
  expectTypeOf(milliseconds).toEqualTypeOf<number>();
  await update(sql, store, "track", { track_id: 1, milliseconds }, { version: "milliseconds" });
  await insertMany(sql, store, "genre", bodyRows(request, store, "genre", { write: ["name"] }));
  // @ts-expect-error: not a column of the table
  bodyRows(request, store, "genre", { write: ["nam"] });
  await respond(request, await getOrThrow(sql, store, "genre", id));
  return respond(request, stored, { status: 201 });
}

test("the servers of the documentation compile with a generated module", () => {
  expectTypeOf(lists).returns.resolves.toEqualTypeOf<Response>();
  expectTypeOf(paths).returns.resolves.toEqualTypeOf<Response>();
  expectTypeOf(rows).returns.resolves.toEqualTypeOf<Response>();
});
