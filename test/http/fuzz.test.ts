// Random valid and hostile HTTP requests of two tenants. No response is a 500, contains a value of the other tenant or
// contradicts the OpenAPI document, and no request leaves a statement running on the server.
import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import fc from "fast-check";
import { crud, openApi } from "../../src/http/index.ts";
import { until } from "../support/eventually.ts";
import {
  type InvoiceService,
  invoiceService,
  SERVICE_TABLES,
  tenantSchema,
} from "../support/invoice-service.ts";
import { type ResponseCheck, responseCheck } from "../support/open-api-check.ts";
import { randomRequest, type SentRequest } from "../support/random-request.ts";

const REQUESTS = Number(process.env["ROWFN_HTTP_REQUESTS"] ?? 400);
const SEED = Number(process.env["ROWFN_HTTP_SEED"] ?? 1);

let service: InvoiceService;
let server: Bun.Server<undefined>;
let api: ResponseCheck;
const unexpected: unknown[] = [];

beforeAll(async () => {
  service = await invoiceService();
  const { sql, schema, options } = service;
  const tenants = [1, 2].map(tenant => tenantSchema(schema, tenant));
  const scope = (request: Request) => tenants[Number(request.headers.get("tenant")) - 1]!;
  const more = { scope, onError: (error: unknown) => void unexpected.push(error), limit: 2_000 } as never;
  server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    routes: crud(sql, schema, { ...options, ...(more as object) }),
  });
  api = responseCheck(openApi(schema, { title: "Fuzz", version: "1", tables: SERVICE_TABLES }));
});
afterAll(async () => {
  await server.stop(true);
  await service.database.drop();
});
beforeEach(() => service.reset());

async function send({
  tenant,
  method,
  path,
  headers: given,
  body: text,
  isAborted,
}: SentRequest): Promise<Response | undefined> {
  const controller = new AbortController();
  const hasBody = text !== undefined && method !== "GET" && method !== "HEAD" && method !== "OPTIONS";
  const promise = fetch(new URL(path, server.url), {
    method,
    headers: { ...given, tenant: String(tenant) },
    signal: controller.signal,
    ...(hasBody && { body: text }),
  });
  if (!isAborted) return await promise;
  controller.abort();
  await promise.catch(() => {});
  return undefined;
}

// The values of the other tenant, which must not appear in a response.
const FOREIGN: Readonly<Record<1 | 2, RegExp>> = { 1: /TOPSECRET|eve@x/, 2: /ann@x|"Bob"/ };

const pattern = (path: string): string => path.replace(/\?.*/s, "").replace(/^(\/[^/]+)\/.*$/s, "$1/{key}");

// Less than 1 kB per request, measured over the last three quarters.
const MAX_GROWTH_BYTES = 10_000_000;
const heaps: number[] = [];

function heapBytes(): number {
  Bun.gc(true);
  return process.memoryUsage().heapUsed;
}

let count = 0;
const seen = new Map<string, number>();

test(`${REQUESTS} random requests of two tenants`, async () => {
  await fc.assert(
    fc.asyncProperty(randomRequest(), async sent => {
      if (count % Math.ceil(REQUESTS / 4) === 0) heaps.push(heapBytes());
      if (count++ % 50 === 0) await service.reset();
      const response = await send(sent);
      if (response === undefined) return;
      const { status } = response;
      seen.set(String(status), (seen.get(String(status)) ?? 0) + 1);
      expect([status, unexpected.splice(0)]).toEqual([status < 500 ? status : 0, []]);
      const copy = await response.clone().text();
      expect(copy).not.toMatch(FOREIGN[sent.tenant]);
      const documented = sent.method !== "HEAD" && sent.method !== "OPTIONS" && status !== 405;
      if (documented) expect(await api.check(sent.method, pattern(sent.path), response)).toBe("");
    }),
    { numRuns: REQUESTS, seed: SEED, endOnFailure: true },
  );
  await until(async () => {
    const [found] = await service.sql`select count(*)::int as n from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`;
    return found.n === 0;
  });
}, 3_600_000);

// With fewer requests some statuses do not occur.
if (REQUESTS >= 5_000) {
  test("memory use does not grow", () => {
    const [, warm] = heaps;
    expect(heapBytes() - warm!).toBeLessThan(MAX_GROWTH_BYTES);
  });
  test("every documented status occurred", () => {
    const documented = [
      "200",
      "201",
      "204",
      "304",
      "400",
      "404",
      "406",
      "409",
      "412",
      "413",
      "415",
      "422",
      "428",
    ];
    expect(documented.filter(status => !seen.has(status))).toEqual([]);
  });
}
