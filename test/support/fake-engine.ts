// A server that identifies itself as a different engine: a proxy that changes the SQL on its way to PostgreSQL.
import { type Socket, SQL } from "bun";

/** An engine according to its documentation. */
export interface FakeEngine {
  /** SQL that creates the objects of the engine. */
  readonly objects: string;
  /** SQL text that the engine interprets differently. */
  readonly replace?: readonly (readonly [RegExp, string])[];
  /** Statements that the engine rejects, each with the SQLSTATE and the message of its error. */
  readonly reject?: readonly (readonly [RegExp, sqlstate: string, message: string])[];
}

/** A running proxy. */
export interface FakeServer {
  readonly url: string;
  /** The statements that were rejected. */
  readonly rejected: readonly string[];
  readonly stop: () => void;
}

/** Starts a proxy in front of the server of a URL, whose database gets the objects of the engine. */
export async function startFakeEngine(url: string, engine: FakeEngine): Promise<FakeServer> {
  const admin = new SQL(url, { max: 1 });
  await admin.unsafe(engine.objects);
  await admin.close();
  const { hostname, port } = new URL(url);
  const rejected: string[] = [];
  const translate = (text: string): string => {
    for (const [pattern, sqlstate, message] of engine.reject ?? []) {
      if (!pattern.test(text)) continue;
      rejected.push(text);
      return `do $rejected$ begin raise exception using errcode = '${sqlstate}', message = '${message}'; end $rejected$`;
    }
    return (engine.replace ?? []).reduce((sql, [pattern, to]) => sql.replaceAll(pattern, to), text);
  };
  const listener = Bun.listen<Client>({
    ...{ hostname: "127.0.0.1", port: 0 },
    socket: {
      open: client => {
        const server = connect(hostname, Number(port), client);
        client.data = { server, rest: Buffer.alloc(0), isStarted: false, sent: server };
      },
      data: (client, chunk) => receive(client.data, chunk, translate),
      close: client => void client.data.server.then(server => server?.end()),
    },
  });
  const own = new URL(url);
  own.port = String(listener.port);
  return { url: String(own), rejected, stop: () => listener.stop(true) };
}

type Server = Socket<unknown> | undefined;

interface Client {
  readonly server: Promise<Server>;
  rest: Buffer;
  isStarted: boolean;
  /** Settles when everything before it was sent, so that messages stay in order. */
  sent: Promise<unknown>;
}

function connect(hostname: string, port: number, client: Socket<Client>): Promise<Server> {
  return Bun.connect({
    ...{ hostname, port },
    socket: { data: (_, chunk) => void client.write(chunk), close: () => void client.end() },
  }).catch(() => {
    client.end();
    return undefined;
  }) as Promise<Server>;
}

// Manual 55.7: the first message has no type; then a type, a length that counts itself, and the content.
function receive(state: Client, chunk: Uint8Array, translate: (text: string) => string): void {
  state.rest = Buffer.concat([state.rest, chunk]);
  const messages: Buffer[] = [];
  for (;;) {
    const start = state.isStarted ? 1 : 0;
    if (state.rest.length < start + 4) break;
    const length = start + state.rest.readInt32BE(start);
    if (state.rest.length < length) break;
    const message = state.rest.subarray(0, length);
    state.rest = state.rest.subarray(length);
    messages.push(state.isStarted ? changedMessage(message, translate) : message);
    // A request for encryption has 8 bytes and is followed by the real start.
    if (length > 8) state.isStarted = true;
  }
  if (messages.length === 0) return;
  const bytes = Buffer.concat(messages);
  state.sent = state.sent.then(async () => void (await state.server)?.write(bytes));
}

/** A Query (`text`) or Parse (`name`, `text`, types) message with the changed text; any other message as it is. */
function changedMessage(message: Buffer, translate: (text: string) => string): Buffer {
  const type = String.fromCharCode(message[0]!);
  if (type !== "Q" && type !== "P") return message;
  const start = type === "Q" ? 5 : message.indexOf(0, 5) + 1;
  const end = message.indexOf(0, start);
  const text = Buffer.from(translate(message.toString("utf8", start, end)));
  const changed = Buffer.concat([message.subarray(0, start), text, message.subarray(end)]);
  changed.writeInt32BE(changed.length - 1, 1);
  return changed;
}
