// The EventSource of a browser, if Chromium is installed.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { watchSql } from "../../src/queues/index.ts";
import { CHROMIUM, openPage } from "../support/browser.ts";
import { until } from "../support/eventually.ts";
import { type InvoiceService, invoiceService } from "../support/invoice-service.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";

let service: InvoiceService;
beforeAll(async () => {
  service = await invoiceService();
  await service.reset();
  for (const text of watchSql(service.schema, "invoice", { log: true })) await service.sql.unsafe(text);
});
afterAll(() => service.database.drop());

interface Seen {
  readonly kind: "headers" | "resync" | "change" | "error";
  readonly data?: { readonly reason?: string; readonly row?: { readonly number: string } };
}

/** Collects the reports of the page. */
function startReports(): { readonly seen: readonly Seen[]; readonly url: string; readonly stop: () => void } {
  const seen: Seen[] = [];
  const server = Bun.serve({
    ...{ hostname: "127.0.0.1", port: 0 },
    fetch: async request => {
      seen.push((await request.json()) as Seen);
      return new Response();
    },
  });
  return { seen, url: server.url.href, stop: () => void server.stop(true) };
}

function freePort(): number {
  const free = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  free.stop(true);
  return free.port;
}

async function startServer(port: number): Promise<() => Promise<void>> {
  const program = join(import.meta.dir, "../support/stream-server.ts");
  const child = Bun.spawn([process.execPath, program, service.database.url, String(port)], {
    ...{ stdout: "pipe", stderr: "inherit" },
  });
  const { value } = await child.stdout.getReader().read();
  expect(new TextDecoder().decode(value)).toBe("ready\n");
  return async () => {
    child.kill("SIGKILL");
    await child.exited;
  };
}

// The heartbeats of two streams in five minutes, one every five seconds.
const HEARTBEATS = 2 * 60;

if (CHROMIUM !== undefined)
  test("an EventSource misses no change while idle, after a lost connection or after a server restart, and receives no resync", async () => {
    const reports = startReports();
    const port = freePort();
    const proxy = startTcpProxy(port);
    let stopServer = await startServer(port);
    const closePage = openPage(
      CHROMIUM!,
      `http://127.0.0.1:${proxy.port}/page?target=${encodeURIComponent(reports.url)}`,
    );
    const kinds = (kind: Seen["kind"]): readonly Seen[] => reports.seen.filter(one => one.kind === kind);
    const change = async (number: number): Promise<void> => {
      await service.sql`update invoice set number = ${number} where id = 1`;
    };
    const numbers = () => kinds("change").map(({ data }) => data?.row?.number);
    try {
      await until(() => kinds("headers").length > 0 && kinds("resync").length > 0);
      await change(101);
      await until(() => numbers().includes("101"));

      const before = proxy.chunks();
      await until(() => proxy.chunks() > before + HEARTBEATS);
      await change(102);
      await until(() => numbers().includes("102"));
      expect(kinds("error")).toEqual([]);

      proxy.cut();
      await change(103);
      await until(() => kinds("error").length > 0);
      proxy.open();
      await until(() => numbers().includes("103"));

      await stopServer();
      await change(104);
      stopServer = await startServer(port);
      await until(() => numbers().includes("104"));
      expect(new Set(numbers())).toEqual(new Set(["101", "102", "103", "104"]));
      expect(kinds("resync")).toEqual([{ kind: "resync", data: { reason: "start" } }]);
    } finally {
      await closePage();
      await stopServer();
      proxy.stop();
      reports.stop();
    }
  });
