// A server with an event stream that the test stops and restarts: `bun stream-server.ts <database url> <port>`. The
// page posts the received events to the URL in its query.
import { SQL } from "bun";
import { crud, eventStream } from "../../src/http/index.ts";
import { loadSchema } from "../../src/index.ts";
import { SERVICE_TABLES, tenantSchema } from "./invoice-service.ts";

const [databaseUrl, port] = process.argv.slice(2);
const sql = new SQL(databaseUrl!, { max: 3, prepare: process.env["ROWFN_PREPARE"] !== "false" });
const schema = await loadSchema(sql);
const mine = tenantSchema(schema, 1);

const PAGE = `<!doctype html><script>
  const target = new URLSearchParams(location.search).get("target");
  let sent = Promise.resolve();
  const report = (kind, data) => {
    sent = sent.then(() => fetch(target, { method: "POST", mode: "no-cors", body: JSON.stringify({ kind, data }) }));
  };
  new EventSource("/silent").onopen = () => report("headers");
  const events = new EventSource("/invoice?stream");
  events.onerror = () => report("error");
  events.addEventListener("resync", ({ data }) => report("resync", JSON.parse(data)));
  events.onmessage = ({ data }) => report("change", JSON.parse(data));
</script>`;

const silent: AsyncIterable<never> = {
  [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }),
};

// The idle timeout is the shortest that Bun supports, in seconds.
Bun.serve({
  ...{ hostname: "127.0.0.1", port: Number(port), idleTimeout: 1 },
  routes: {
    ...crud(sql, schema, { tables: SERVICE_TABLES, scope: () => mine, heartbeat: 50 }),
    "/page": new Response(PAGE, { headers: { "content-type": "text/html" } }),
    "/silent": (request, server) => eventStream(request, () => silent, { server, heartbeat: 50 }),
  },
});
console.log("ready");
