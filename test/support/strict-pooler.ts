import type { Socket } from "bun";

/** A pooler that, like PgBouncer, rejects all start-up parameters except those that PgBouncer supports. */
export interface StrictPooler {
  readonly url: string;
  readonly stop: () => void;
}

const KNOWN = new Set(["user", "database", "client_encoding", "datestyle", "timezone", "application_name"]);

/** Starts a pooler in front of the server of a URL. */
export function startStrictPooler(url: string): StrictPooler {
  const { hostname, port } = new URL(url);
  type State = { server?: Socket<unknown>; readonly waiting: Uint8Array[] };
  const listener = Bun.listen<State>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open: client => {
        client.data = { waiting: [] };
      },
      data: (client, bytes) => {
        const { server, waiting } = client.data;
        if (server !== undefined) return void server.write(bytes);
        waiting.push(new Uint8Array(bytes));
        if (waiting.length > 1) return;
        const unknown = unknownParameter(bytes);
        if (unknown !== undefined) {
          client.write(errorResponse(`unsupported startup parameter: ${unknown}`));
          return void client.end();
        }
        void Bun.connect({
          hostname,
          port: Number(port),
          socket: {
            open: socket => {
              client.data.server = socket;
              for (const part of waiting) socket.write(part);
            },
            data: (_, part) => void client.write(part),
            close: () => void client.end(),
          },
        });
      },
      close: client => void client.data.server?.end(),
    },
  });
  const own = new URL(url);
  own.port = String(listener.port);
  own.hostname = "127.0.0.1";
  return { url: String(own), stop: () => listener.stop(true) };
}

// Manual 55.7, StartupMessage: length, version, then names and values, each terminated by NUL.
function unknownParameter(bytes: Uint8Array): string | undefined {
  const parts = Buffer.from(bytes.subarray(8)).toString().split("\0");
  return parts.find((part, at) => at % 2 === 0 && part !== "" && !KNOWN.has(part.toLowerCase()));
}

// Manual 55.7, ErrorResponse.
function errorResponse(message: string): Uint8Array {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C08P01\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write("E");
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}
