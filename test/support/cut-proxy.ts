import type { Socket } from "bun";

/** A proxy in front of a PostgreSQL server that closes each connection when its client sends a statement. */
export interface CutProxy {
  readonly url: string;
  /** Closes all open connections. */
  readonly cutAll: () => void;
  /** The number of statements per connection that are answered before the connection is closed. */
  readonly answer: (statements: number) => void;
  readonly stop: () => void;
}

interface Line {
  server: Socket<unknown> | undefined;
  answered: number;
}

/** Starts the proxy, which passes all statements until `answer` is called. */
export function startCutProxy(serverUrl: string): CutProxy {
  const { hostname, port } = new URL(serverUrl);
  const lines = new Map<Socket<unknown>, Line>();
  let limit = Number.POSITIVE_INFINITY;
  const closeClient = (client: Socket<unknown>): void => {
    lines.get(client)?.server?.terminate();
    lines.delete(client);
    client.terminate();
  };
  const listener = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open: client => void lines.set(client, { server: undefined, answered: 0 }),
      data: async (client, chunk) => {
        const line = lines.get(client);
        if (line === undefined) return;
        const bytes = Buffer.from(chunk);
        if (line.server !== undefined) {
          if (line.answered++ >= limit) return closeClient(client);
          return void line.server.write(bytes);
        }
        line.server = await Bun.connect({
          hostname,
          port: Number(port),
          socket: {
            data: (_server, answer) => void client.write(answer),
            close: () => closeClient(client),
          },
        });
        line.server.write(bytes);
      },
      close: client => closeClient(client),
    },
  });
  const url = new URL(serverUrl);
  url.port = String(listener.port);
  return {
    url: url.href,
    cutAll: () => {
      for (const client of [...lines.keys()]) closeClient(client);
    },
    answer: statements => {
      limit = statements;
    },
    stop: () => listener.stop(true),
  };
}
