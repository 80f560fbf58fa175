import { afterAll, expect, test } from "bun:test";
import fc from "fast-check";
import { crud, openApi, respond } from "../../src/http/index.ts";
import { sentSchema } from "../../src/http/open-api/sent-schema.ts";
import { getOrThrow, insert, loadSchema, pkCols, type SchemaSnapshot, tableNames } from "../../src/index.ts";
import { rollback, testDatabase } from "../../src/testing/index.ts";
import { codecFor } from "../../src/types/resolve.ts";
import { musicStore } from "../support/music-store.ts";
import { lintErrors, responseCheck } from "../support/open-api-check.ts";
import { randomSchema } from "../support/random-schema.ts";
import { testTables } from "../support/test-tables.ts";

const { database, sql, schema } = await musicStore();
afterAll(() => database.drop());

/** All options of a table. */
function everyTable(snapshot: SchemaSnapshot): Record<string, object> {
  const tables = tableNames(snapshot).filter(table => pkCols(snapshot, table).length > 0);
  return Object.fromEntries(
    tables.map(table => {
      const { columns } = snapshot.relations.find(({ key }) => key === table)!;
      const names = columns.filter(({ privileges }) => privileges.select).map(({ name }) => name);
      const write = columns.filter(({ generated, identity }) => generated === null && identity !== "always");
      return [
        table,
        { filter: names, select: names, write: write.map(({ name }) => name), delete: true, total: true },
      ];
    }),
  );
}

const INFO = { title: "Music", version: "1.0.0", description: "Songs & <more>" };
const document = openApi(schema, { ...INFO, tables: everyTable(schema) as never, prefix: "/api" });

test("the document of the music store is valid OpenAPI", async () => {
  expect(await lintErrors(document)).toBe("");
});

test.each([
  ["int2", -32_768, 32_767],
  ["int4", -2_147_483_648, 2_147_483_647],
  ["oid", 0, 4_294_967_295],
])("the range of %s", (type, minimum, maximum) => {
  expect(sentSchema(codecFor(schema as never, type, -1))).toEqual({ type: "integer", minimum, maximum });
});

test("the key in a path says which values it has", () => {
  const tables = { genre: {}, playlist_track: {} } as never;
  const { paths } = openApi(schema, { ...INFO, tables }) as unknown as {
    paths: Record<string, { parameters: readonly { description: string }[] }>;
  };
  expect(
    [paths["/genre/{key}"], paths["/playlist_track/{key}"]].map(one => one!.parameters[0]!.description),
  ).toEqual(["The value of genre_id", "The values of playlist_id, track_id, with commas between"]);
});

test("a problem has only the members of its schema", () => {
  expect(document["components"]).toMatchObject({
    schemas: {
      Problem: {
        required: ["type", "title", "status", "detail"],
        additionalProperties: false,
        properties: { errors: { items: { required: ["detail", "code"], additionalProperties: false } } },
      },
    },
  });
});

test("a single security scheme is included, and without any the document has none", () => {
  const security = { token: { type: "http", scheme: "bearer" } };
  const one = openApi(schema, { ...INFO, security, tables: { genre: {} } } as never);
  expect(one["components"]).toMatchObject({ securitySchemes: security });
  const none = openApi(schema, { ...INFO, tables: { genre: {} } } as never);
  expect(none["components"]).not.toHaveProperty("securitySchemes");
});

test("security schemes are included, and any one of them suffices", async () => {
  const security = {
    token: { type: "http", scheme: "bearer" },
    key: { type: "apiKey", in: "header", name: "key" },
  };
  const own = openApi(schema, { ...INFO, security, tables: { genre: { write: ["name"] } } as never });
  expect(await lintErrors(own)).toBe("");
  expect([own.security, own.components.securitySchemes]).toEqual([[{ token: [] }, { key: [] }], security]);
});

test("custom operations are included along with those of the tables", async () => {
  const responses = { 200: { description: "alive" }, 404: { $ref: "#/components/responses/Problem404" } };
  const alive = { get: { operationId: "alive", summary: "Alive", responses } };
  const send = {
    post: {
      operationId: "send",
      summary: "Send",
      parameters: [{ name: "key", in: "path", required: true, schema: { type: "string" } }],
      responses: {
        200: {
          description: "sent",
          content: { "application/json": { schema: { $ref: "#/components/schemas/genre" } } },
        },
        404: { $ref: "#/components/responses/Problem404" },
      },
    },
  };
  const trace = { ...alive.get, operationId: "trace" };
  const paths = { "/health": alive, "/genre/{key}/send": send, "/batch": { trace } };
  const tables = { genre: { write: ["name"] } } as never;
  const own = openApi(schema, { ...INFO, paths, tables });
  expect(await lintErrors(own)).toBe("");
  expect(own.paths["/health"]).toEqual(alive);
  expect(Object.keys(own.paths["/batch"]!)).toEqual(["post", "trace"]);
  expect(() => openApi(schema, { ...INFO, paths: { "/genre": alive }, tables })).toThrow(
    "paths: get of /genre is already described; leave it out",
  );
  expect(() => openApi(schema, { ...INFO, paths: { health: alive }, tables })).toThrow(
    'paths: "health" must begin with a slash',
  );
  const routes = crud(sql, schema, { tables, openApi: { ...INFO, paths } });
  const page = await routes["/reference"]!(new Request("http://localhost/reference"));
  expect(await page.text()).toContain("<b>POST</b> <code>/genre/{key}/send</code>");
});

test("the document contains the rules of the columns", () => {
  const schemas = document.components.schemas as Record<string, { properties: object; required?: string[] }>;
  expect(schemas["track.insert"]!.properties).toMatchObject({
    name: { type: "string", maxLength: 200 },
    album_id: { type: "integer", minimum: -2_147_483_648, maximum: 2_147_483_647 },
    milliseconds: { type: "integer", minimum: 1 },
    bytes: { anyOf: [{ anyOf: [{ type: "string" }, { type: "integer" }] }, { type: "null" }] },
    unit_price: { anyOf: [{ type: "string" }, { type: "number", minimum: 0 }] },
  });
  expect(schemas["track.insert"]).toHaveProperty("additionalProperties", false);
  expect(schemas["track.insert"]!.required).toEqual(["name", "album_id", "media_type_id", "milliseconds"]);
  expect(schemas["track"]!.properties).toMatchObject({
    seconds: { type: "integer", readOnly: true },
    tags: { type: "array" },
  });
  expect(schemas["customer.insert"]!.properties).toMatchObject({
    tier: { type: "string", enum: ["free", "plus", "pro"], default: "free" },
    created_at: { type: "string", format: "date-time" },
  });
  expect(schemas["artist"]).toMatchObject({ description: "Who made the music: a person or a band" });
});

test("the parameters are the ones that querySchema accepts", () => {
  const names = (path: string): string[] =>
    (document.paths[path]!["get"] as { parameters: { name: string }[] }).parameters.map(({ name }) => name);
  expect(names("/api/genre")).toEqual([
    ...[
      "genre_id",
      "genre_id[ne]",
      "genre_id[distinctFrom]",
      "genre_id[lt]",
      "genre_id[lte]",
      "genre_id[gt]",
    ],
    ...["genre_id[gte]", "genre_id[between]", "genre_id[in]", "genre_id[notIn]", "genre_id[is]"],
    ...["name", "name[ne]", "name[distinctFrom]", "name[lt]", "name[lte]", "name[gt]", "name[gte]"],
    ...["name[between]", "name[in]", "name[notIn]", "name[like]", "name[ilike]", "name[is]"],
    ...["select", "limit", "after", "before", "total"],
  ]);
  const album = {
    filter: ["artist.name", "track.name"],
    include: { artist: true },
    search: "title",
    sort: ["title", "artist.name"],
  };
  const own = openApi(schema, { ...INFO, tables: { album: { ...album, stream: true } } as never });
  const { parameters } = own.paths["/album"]!["get"] as { parameters: { name: string }[] };
  const found = parameters.map(({ name }) => name);
  for (const name of [
    "artist.name",
    "track[some].name[like]",
    "track[none].name",
    "sort",
    "include",
    "q",
    "stream",
  ])
    expect(found).toContain(name);
  expect(parameters.find(({ name }) => name === "sort")).toMatchObject({
    schema: { items: { enum: ["title", "-title", "artist.name", "-artist.name"] } },
  });
  expect(Object.keys(own.paths)).toEqual(["/album", "/album/{key}"]);
  expect(Object.keys((own.components.schemas as never)["album"]["properties"])).toEqual([
    ...["album_id", "title", "artist_id", "released_on", "artist"],
  ]);
});

test("every example is accepted by its schema and by the table's rules", () => {
  const { validator } = responseCheck(document);
  let checked = 0;
  for (const [name, value] of Object.entries(document.components.schemas)) {
    for (const example of (value as { examples?: unknown[] }).examples ?? []) {
      const validate = validator(`/components/schemas/${name}`);
      expect([name, validate(example), validate.errors]).toEqual([name, true, null]);
      checked++;
    }
  }
  expect(checked).toBeGreaterThan(15);
});

test("an example can be inserted", async () => {
  const { examples } = document.components.schemas["media_type.insert"] as { examples: [object] };
  const row = { ...examples[0], media_type_id: 1000 };
  expect(await insert(sql, schema, "media_type", row)).toEqual(row);
});

test("the documents of 20 random schemas are valid, and so are their examples", async () => {
  const random = await testDatabase();
  let checked = 0;
  for (const text of fc.sample(randomSchema(), { numRuns: 20, seed: 7 })) {
    const snapshot = await rollback(random.sql, async tx => {
      await tx.unsafe(text);
      return await loadSchema(tx);
    });
    const own = openApi(snapshot, { ...INFO, tables: everyTable(snapshot) as never });
    expect([text, await lintErrors(own)]).toEqual([text, ""]);
    const { validator } = responseCheck(own);
    for (const [name, value] of Object.entries(own.components.schemas))
      for (const example of (value as { examples?: unknown[] }).examples ?? []) {
        const isValid = validator(`/components/schemas/${encodeURIComponent(name)}`)(example);
        expect([text, name, example, isValid]).toEqual([text, name, example, true]);
        checked++;
      }
  }
  await random.drop();
  expect(checked).toBeGreaterThan(40);
});

test("crud serves the document and a reference page that loads nothing from other hosts", async () => {
  const tables = everyTable(schema) as never;
  const routes = crud(sql, schema, { tables, prefix: "/api", openApi: INFO });
  const json = await routes["/api/openapi.json"]!(new Request("http://localhost/api/openapi.json"));
  expect(await json.json()).toEqual(JSON.parse(JSON.stringify(document)));
  const page = await routes["/api/reference"]!(new Request("http://localhost/api/reference"));
  const html = await page.text();
  expect(page.headers.get("content-security-policy")).toBe("default-src 'none'; style-src 'unsafe-inline'");
  expect(html).toContain("Songs &amp; &lt;more&gt;");
  expect(html).toContain("<b>PATCH</b> <code>/api/track/{key}</code>");
  expect(html).not.toMatch(/https?:|<script/);
  expect(() => crud(sql, schema, { tables: { genre: {} }, openApi: INFO, prefix: "" })).not.toThrow();
});

test("every row of the music store is a valid response", async () => {
  const { check } = responseCheck(document);
  const routes = crud(sql, schema, { tables: everyTable(schema) as never, prefix: "/api" });
  for (const table of Object.keys(everyTable(schema))) {
    const path = `/api/${table}`;
    const response = await routes[path]!(new Request(`http://localhost${path}?limit=100`));
    expect(await check("GET", path, response)).toBe("");
  }
});

test("a row with timestamps is a valid body, as the server sends it", async () => {
  const { sql, schema: own } = await testTables(`create type span as (since timestamp, doc json);
    create table stamp (id int primary key, at timestamp, second timestamp(0), list timestamp[], span span, period tsrange);
    insert into stamp values (1, '2026-01-02 03:04:05.678', '2026-01-02 03:04:05', '{2026-01-02,NULL}', '(2026-01-02,)', '[2026-01-02,)')`);
  const columns = ["id", "at", "second", "list", "span", "period"];
  const described = openApi(own, { ...INFO, tables: { stamp: { write: columns } } } as never);
  const { validator } = responseCheck(described);
  const row = await (
    await respond(new Request("http://localhost"), await getOrThrow(sql, own, "stamp", 1))
  ).json();
  for (const body of [row, { id: 1, at: "2026-01-02 03:04", second: "2026-01-02T03:04:05" }])
    for (const purpose of ["insert", "replace"])
      expect(validator(`/components/schemas/stamp.${purpose}`)(body)).toBe(true);
  const update = validator("/components/schemas/stamp.update");
  expect(["2026-01-02T03:04:05.5Z", "2026-01-02T03:04:05+00:00"].map(at => update({ at }))).toEqual([
    false,
    false,
  ]);
  expect(update({ second: "2026-01-02T03:04:05.500Z" })).toBe(false);
});

test("a document is text if that is its JavaScript form", async () => {
  const { sql } = await testTables("create table text_doc (id int primary key, doc jsonb)");
  const own = await loadSchema(sql, { types: { json: "string" } });
  const described = openApi(own, { ...INFO, tables: { text_doc: { write: ["id", "doc"] } } });
  const insert = responseCheck(described).validator("/components/schemas/text_doc.insert");
  expect(
    [
      { id: 1, doc: "{}" },
      { id: 1, doc: {} },
    ].map(body => insert(body)),
  ).toEqual([true, false]);
});
