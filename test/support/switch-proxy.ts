import type { Socket } from "bun";

/** An address whose new connections lead first to one server and later to another, as after a failover. */
export interface Switch {
  readonly url: string;
  readonly switchTo: (serverUrl: string) => void;
  /** From now on nothing arrives in either direction, as from a server that hangs; connections remain open. */
  readonly hang: () => void;
  readonly stop: () => void;
}

/** Starts listening on the address. */
export function startSwitch(serverUrl: string): Switch {
  let target = new URL(serverUrl);
  let isHanging = false;
  type State = { server?: Socket<unknown>; readonly waiting: Uint8Array[] };
  const listener = Bun.listen<State>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open: client => {
        client.data = { waiting: [] };
        void Bun.connect({
          hostname: target.hostname,
          port: Number(target.port),
          socket: {
            open: server => {
              client.data.server = server;
              for (const part of client.data.waiting) server.write(part);
            },
            data: (_, part) => {
              if (!isHanging) client.write(part);
            },
            close: () => {
              if (!isHanging) client.end();
            },
          },
        }).catch(() => client.end());
      },
      data: (client, part) => {
        if (isHanging) return;
        const { server, waiting } = client.data;
        if (server === undefined) waiting.push(new Uint8Array(part));
        else server.write(part);
      },
      close: client => void client.data.server?.end(),
    },
  });
  const url = new URL(serverUrl);
  url.port = String(listener.port);
  return {
    url: url.href,
    switchTo: next => {
      target = new URL(next);
    },
    hang: () => {
      isHanging = true;
    },
    stop: () => listener.stop(true),
  };
}
