import type { Socket } from "bun";

/** A proxy in front of a PostgreSQL server that counts the round trips of its clients. */
export interface TripCounter {
  /** The server's URL with the port of the proxy. */
  readonly url: string;
  /** The number of round trips that a function causes. */
  readonly tripsOf: (run: () => PromiseLike<unknown>) => Promise<number>;
  readonly close: () => void;
}

/** The messages that have arrived in one direction. */
interface Messages {
  /** The number of messages of each type. */
  readonly counts: Map<string, number>;
  rest: Buffer;
}

interface Line {
  readonly client: Socket<unknown>;
  server: Socket<unknown> | undefined;
  readonly sent: Messages;
  readonly received: Messages;
  held: Buffer[];
  /** The number of `CopyInResponse` messages that the client has received. */
  copies: number;
}

/**
 * Starts the proxy. It counts waits, not time: the server's messages are held until the server has answered everything
 * that the client has sent, or waits for data of a COPY. Then they are delivered together, as one round trip.
 */
export async function startTripCounter(serverUrl: string): Promise<TripCounter> {
  let trips = 0;
  const lines = new Map<Socket<unknown>, Line>();
  const { hostname, port } = new URL(serverUrl);
  const deliver = (line: Line): void => {
    if (line.held.length === 0 || !isAnswered(line)) return;
    line.copies = countOf(line.received, "G");
    trips++;
    line.client.write(Buffer.concat(line.held));
    line.held = [];
  };
  const connect = async (line: Line): Promise<void> => {
    line.server = await Bun.connect({
      hostname,
      port: Number(port),
      socket: {
        data: (_server, chunk) => {
          read(line.received, Buffer.from(chunk));
          line.held.push(Buffer.from(chunk));
          deliver(line);
        },
        close: () => void line.client.end(),
      },
    });
  };
  const listener = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open: client => void lines.set(client, newLine(client)),
      data: async (client, chunk) => {
        const line = lines.get(client)!;
        const bytes = Buffer.from(chunk);
        const isFirst = line.server === undefined;
        if (isFirst) await connect(line);
        else read(line.sent, bytes);
        line.server!.write(bytes);
      },
      close: client => {
        lines.get(client)?.server?.end();
        lines.delete(client);
      },
    },
  });
  const url = new URL(serverUrl);
  url.hostname = "127.0.0.1";
  url.port = String(listener.port);
  return {
    url: url.href,
    tripsOf: async run => {
      const before = trips;
      await run();
      return trips - before;
    },
    close: () => listener.stop(true),
  };
}

function newLine(client: Socket<unknown>): Line {
  const none = (): Messages => ({ counts: new Map(), rest: Buffer.alloc(0) });
  return {
    ...{ client, server: undefined, sent: none(), received: none() },
    ...{ held: [], copies: 0 },
  };
}

// A query and a Sync are answered by ReadyForQuery, like the start-up; a COPY from the client waits for its data.
function isAnswered({ sent, received, copies }: Line): boolean {
  const asked = 1 + countOf(sent, "Q") + countOf(sent, "S");
  const isStarting = countOf(received, "Z") === 0;
  return isStarting || countOf(received, "Z") === asked || countOf(received, "G") > copies;
}

function countOf({ counts }: Messages, type: string): number {
  return counts.get(type) ?? 0;
}

// A message is its type, its length as int4, which counts itself, and its content (manual, 54.7).
function read(messages: Messages, chunk: Buffer): void {
  let bytes = Buffer.concat([messages.rest, chunk]);
  while (bytes.length >= 5) {
    const size = 1 + bytes.readInt32BE(1);
    if (bytes.length < size) break;
    const type = String.fromCharCode(bytes[0]!);
    messages.counts.set(type, (messages.counts.get(type) ?? 0) + 1);
    bytes = bytes.subarray(size);
  }
  messages.rest = bytes;
}
