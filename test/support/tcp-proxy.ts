import type { Socket } from "bun";

/** A proxy in front of a server, whose connections a test can close. */
export interface TcpProxy {
  readonly port: number;
  /** The number of chunks that the server has sent. */
  readonly chunks: () => number;
  /** Closes all connections, and new ones until `open` is called. */
  readonly cut: () => void;
  readonly open: () => void;
  readonly stop: () => void;
}

/** Starts a proxy in front of a port of this host. */
export function startTcpProxy(port: number): TcpProxy {
  const servers = new Map<Socket<unknown>, Promise<Socket<unknown> | undefined>>();
  let isCut = false;
  let chunks = 0;
  const end = (client: Socket<unknown>): void => {
    void servers.get(client)?.then(server => server?.terminate());
    servers.delete(client);
    client.terminate();
  };
  const connect = (client: Socket<unknown>) =>
    Bun.connect({
      ...{ hostname: "127.0.0.1", port },
      socket: {
        data: (_server, chunk) => {
          chunks++;
          client.write(chunk);
        },
        close: () => end(client),
      },
    }).catch(() => void end(client));
  const listener = Bun.listen({
    ...{ hostname: "127.0.0.1", port: 0 },
    socket: {
      open: client => {
        if (isCut) client.terminate();
        else servers.set(client, connect(client) as Promise<Socket<unknown> | undefined>);
      },
      data: async (client, chunk) => {
        const bytes = Buffer.from(chunk);
        (await servers.get(client))?.write(bytes);
      },
      close: end,
    },
  });
  return {
    port: listener.port,
    chunks: () => chunks,
    cut: () => {
      isCut = true;
      for (const client of [...servers.keys()]) end(client);
    },
    open: () => {
      isCut = false;
    },
    stop: () => listener.stop(true),
  };
}
