// `serve.ts <adapter or limit> <url>`: the routes of the server benchmark with one library. Prints the address.
import { type Adapter, type AdapterName, openAdapter, type ServerReads } from "../adapter.ts";
import { lines } from "../data.ts";
import { LIMIT, limitPages, openLimit } from "../exact-by-hand.ts";

const PAGES = 200;
const [name, url] = process.argv.slice(2);

/** What the routes call. The limit is measured only for single rows and pages. */
type Calls = Pick<Adapter, "get" | "insertOne"> & Partial<Pick<Adapter, "insertMany">>;

async function openCalls(): Promise<Calls & Partial<ServerReads>> {
  if (name === LIMIT) {
    const exact = openLimit(url!);
    return { ...exact, pages: limitPages(exact, PAGES) };
  }
  const adapter = await openAdapter(name as AdapterName, url!);
  return { ...adapter, ...(await adapter.serverReads!(PAGES)) };
}

const calls = await openCalls();

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
    "/row/:id": route(({ id }) => calls.get(Number(id))),
    "/page/:number": route(({ number }) => calls.pages![Number(number)]!()),
    "/nested/:id": route(({ id }) => calls.artist!(Number(id))),
    "/insert": route(() => calls.insertOne(newRows(1)[0]!)),
    "/insert-500": route(async () => {
      await calls.insertMany!(newRows(500));
      return { rows: 500 };
    }),
    "/open": () => Response.json(open),
  },
});
console.log(server.url.origin);
