import type { AddressInfo } from "node:net";
import { connect, createServer, type Socket } from "node:net";

/** A proxy that can hold statements while it passes cancel requests. */
export interface HoldingProxy {
  readonly url: string;
  /** Holds what clients send on their connections; resolves when something is held. */
  readonly hold: () => Promise<void>;
  /** Passes on everything that was held or follows, but first waits for the end of the connections that were opened meanwhile. */
  readonly release: () => Promise<void>;
  readonly stop: () => void;
}

// A cancel request is the first message on a new connection (manual 55.7, CancelRequest).
const isCancelRequest = (bytes: Buffer): boolean =>
  bytes.length === 16 && bytes.readUInt32BE(4) === 80_877_102;

/** Starts a proxy in front of the server of a URL. */
export async function startHoldingProxy(url: string): Promise<HoldingProxy> {
  const { hostname, port } = new URL(url);
  const held: (() => void)[] = [];
  const opened: Promise<unknown>[] = [];
  let arrived: (() => void) | undefined;
  const pass = (client: Socket): void => {
    const server = connect(Number(port), hostname);
    if (arrived !== undefined) opened.push(new Promise(resolve => server.on("close", resolve)));
    let isCancel: boolean | undefined;
    client.on("data", (bytes: Buffer) => {
      isCancel ??= isCancelRequest(bytes);
      if (arrived === undefined || isCancel) return void server.write(bytes);
      held.push(() => server.write(bytes));
      arrived();
    });
    server.on("data", bytes => client.write(bytes));
    for (const [one, other] of [[client, server] as const, [server, client] as const])
      one.on("error", () => other.destroy()).on("close", () => other.destroy());
  };
  const listener = createServer(pass);
  await new Promise<void>(resolve => listener.listen(0, "127.0.0.1", resolve));
  const own = new URL(url);
  own.port = String((listener.address() as AddressInfo).port);
  return {
    url: own.href,
    hold: () =>
      new Promise(resolve => {
        arrived = resolve;
      }),
    release: async () => {
      await Promise.all(opened);
      arrived = undefined;
      for (const send of held.splice(0)) send();
    },
    stop: () => void listener.close(),
  };
}
