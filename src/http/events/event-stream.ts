import { ArgumentError } from "../../errors.ts";
import { type OptionNames, requireOptions } from "../../schema/arguments.ts";
import { report } from "../problem/problem.ts";
import { requireRequest } from "../request.ts";
import { exactJson } from "../response/json-text.ts";
import { type EventSink, newSink } from "./event-sink.ts";
import {
  type EventServer,
  eventText,
  HEADERS,
  lastEventId,
  newEventIds,
  requireHeartbeat,
  requireServer,
} from "./event-text.ts";

/** The options of `watch` that `eventStream` passes to the function that starts the changes. */
export interface ChangesOptions {
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
  readonly onGap: (why: string) => void;
  readonly onListen: () => void;
  readonly onPosition: (position: string) => void;
  /** The `Last-Event-ID` of a client that has reconnected. */
  readonly since?: string;
}

/** Changes, or a function that starts them: `options => watch(sql, schema, "invoice", options)`. */
export type Changes = AsyncIterable<unknown> | ((options: ChangesOptions) => AsyncIterable<unknown>);

/** Options of `eventStream`. */
export interface EventStreamOptions {
  /** Milliseconds between heartbeats; 5,000 by default, which is below the idle limit of `Bun.serve`. */
  readonly heartbeat?: number;
  /** The server, whose idle limit is lifted for this request. */
  readonly server?: EventServer | undefined;
  /** Reads the state that the changes start from, for the data of `resync`. It runs after listening has begun. */
  readonly state?: () => unknown;
  /** Called with the error that ended the changes; by default `console.error` prints it. The client connects again. */
  readonly onError?: (error: unknown) => void;
}

const EVENT_OPTIONS: OptionNames<EventStreamOptions> = {
  heartbeat: true,
  server: true,
  state: "function",
  onError: true,
};

const HEARTBEAT_MS = 5_000;

/**
 * Server-sent events of changes (HTML standard, 9.2). The headers are sent at once, a comment at every heartbeat, and each
 * change as JSON in a `message` event. A `resync` event tells the client to read its state again: when listening has begun, so
 * that no change is lost between state and changes, and after a gap. Its data is `{ reason, state }`. A client that reconnects
 * gets the changes that it has missed instead, if `watch` has the log of `watchSql(schema, table, { log: true })`. The stream
 * ends with the request.
 * @param request the request, whose `Last-Event-ID` is `since` of `watch`
 * @param changes an async iterable, or a function that starts it with the options of `watch`: `signal`, `since`, `onListen` and
 * others
 * @param options heartbeat in milliseconds, the server, `state`, `onError`
 * @returns the response
 * @throws ArgumentError if the heartbeat is not positive, or an argument is of a different kind
 * @example `eventStream(request, options => watch(sql, schema, "genre", options), { server })`
 */
export function eventStream(request: Request, changes: Changes, options: EventStreamOptions = {}): Response {
  requireRequest(request);
  requireChanges(changes);
  requireOptions("eventStream", options, EVENT_OPTIONS);
  const { heartbeat = HEARTBEAT_MS, server } = options;
  requireHeartbeat(heartbeat);
  requireServer(server);
  if (request.method === "HEAD") return headResponse();
  // Bun counts in seconds; 0 means no limit.
  server?.timeout(request, 0);
  const sink = newSink(heartbeat);
  request.signal.addEventListener("abort", sink.close);
  if (request.signal.aborted) sink.close();
  void sendEvents(request, changes, options, sink).finally(() => {
    request.signal.removeEventListener("abort", sink.close);
    sink.close();
  });
  return new Response(sink.stream, { headers: HEADERS });
}

// Without the header the server would state the length 0.
function headResponse(): Response {
  return new Response(null, { headers: { ...HEADERS, "transfer-encoding": "chunked" } });
}

function requireChanges(changes: unknown): void {
  const isIterable = typeof changes === "object" && changes !== null && Symbol.asyncIterator in changes;
  if (!isIterable && typeof changes !== "function")
    throw new ArgumentError("changes must be an async iterable or a function that returns one");
}

async function sendEvents(
  request: Request,
  changes: Changes,
  options: EventStreamOptions,
  sink: EventSink,
): Promise<void> {
  const since = lastEventId(request);
  const ids = newEventIds(since);
  let isWaiting = false;
  const resync = (reason: string): void => {
    if (isWaiting) return;
    isWaiting = true;
    const text = async (): Promise<string> => {
      isWaiting = false;
      const data = options.state === undefined ? { reason } : { reason, state: await options.state() };
      return eventText(exactJson(data), ids.next(undefined), "resync");
    };
    sink.send(text).catch(error => sink.fail(error));
  };
  let isFirst = true;
  const onListen = (): void => {
    if (isFirst) resync(since === undefined ? "start" : "reconnect");
    isFirst = false;
  };
  const onPosition = (position: string): void => {
    ids.move(position);
    sink.sendWithHeartbeat(`id: ${position}\n\n`);
  };
  const { signal } = sink;
  const listening = { signal, onGap: resync, onListen, onPosition, ...(since !== undefined && { since }) };
  try {
    if (typeof changes !== "function") onListen();
    const source = typeof changes === "function" ? changes(listening) : changes;
    await forwardChanges(source, sink, change => eventText(exactJson(change), ids.next(positionOf(change))));
  } catch (error) {
    if (!sink.signal.aborted) sink.fail(error);
  }
  const reason: unknown = sink.failure();
  if (reason !== undefined) report(reason, options.onError);
}

function positionOf(change: unknown): string | undefined {
  const position = (change as { readonly position?: unknown } | undefined)?.position;
  return typeof position === "string" && /^[\d.:,]+$/.test(position) ? position : undefined;
}

async function forwardChanges(
  source: AsyncIterable<unknown>,
  sink: EventSink,
  print: (change: unknown) => string,
): Promise<void> {
  const iterator = source[Symbol.asyncIterator]();
  // One reaction for the whole stream: a race per change would keep every change until the stream is closed.
  let end: (result: IteratorReturnResult<undefined>) => void = () => {};
  void sink.closed.then(result => end(result));
  try {
    while (!sink.signal.aborted) {
      const next = await new Promise<IteratorResult<unknown>>((resolve, reject) => {
        end = resolve;
        Promise.resolve(iterator.next()).then(resolve, reject);
      });
      if (next.done) return;
      await sink.send(() => print(next.value));
    }
  } finally {
    // A source that ignores the signal must not keep the request.
    void Promise.resolve(iterator.return?.()).catch(() => {});
  }
}
