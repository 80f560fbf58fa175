// `serve.ts <adapter> <url>`: the routes of the server benchmark with one library. Prints the address.
import { type Adapter, type AdapterName, openAdapter, type ServerReads } from "../adapter.ts";
import { lines } from "../data.ts";

const [name, url] = process.argv.slice(2);
const adapter: Adapter = await openAdapter(name as AdapterName, url!);
const { artist, pages }: ServerReads = await adapter.serverReads!(200);

const ROWS = lines(500);
// The processes of all libraries write to one table.
let next = 1_000_000 * (process.pid % 1_000);
const newRows = (count: number) => ROWS.slice(0, count).map(row => ({ ...row, id: next++ }));

let open = 0;
/** A route, whose requests are counted until they are answered. */
const route =
  (read: (params: Record<string, string>) => Promise<unknown>) =>
  async ({ params }: { params: Record<string, string> }): Promise<Response> => {
    open++;
    try {
      return Response.json(await read(params));
    } finally {
      open--;
    }
  };

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  routes: {
    "/row/:id": route(({ id }) => adapter.get(Number(id))),
    "/page/:number": route(({ number }) => pages[Number(number)]!()),
    "/nested/:id": route(({ id }) => artist(Number(id))),
    "/insert": route(() => adapter.insertOne(newRows(1)[0]!)),
    "/insert-500": route(async () => {
      await adapter.insertMany(newRows(500));
      return { rows: 500 };
    }),
    "/open": () => Response.json(open),
  },
});
console.log(server.url.origin);
