import { FIRST_TEXT, HEARTBEAT_TEXT } from "./event-text.ts";

/** The sending side of an event stream. */
export interface EventSink {
  readonly stream: ReadableStream<Uint8Array>;
  /** Aborted when the stream is closed. */
  readonly signal: AbortSignal;
  /** Fulfilled when the stream is closed, with the end of an iterator. */
  readonly closed: Promise<IteratorReturnResult<undefined>>;
  /** Sends a text after the earlier ones, as soon as the reader has room. */
  readonly send: (text: () => string | Promise<string>) => Promise<void>;
  /** Sends a text with the next heartbeat, unless another one replaces it. */
  readonly sendWithHeartbeat: (text: string) => void;
  readonly close: () => void;
  /** Closes the stream because of an error. */
  readonly fail: (error: unknown) => void;
  readonly failure: () => unknown;
}

/** A sink with a heartbeat in milliseconds. */
export function newSink(heartbeat: number): EventSink {
  const aborting = new AbortController();
  const { signal } = aborting;
  const closing = Promise.withResolvers<IteratorReturnResult<undefined>>();
  const writer = newWriter();
  let failure: unknown;
  let waiting: string | undefined;
  const timer = setInterval(() => {
    if (!writer.hasRoom()) return;
    writer.write(HEARTBEAT_TEXT);
    const text = waiting;
    waiting = undefined;
    if (text !== undefined) void send(() => text);
  }, heartbeat);
  const sendWithHeartbeat = (text: string): void => {
    waiting = text;
  };
  const close = (): void => {
    if (signal.aborted) return;
    clearInterval(timer);
    aborting.abort();
    closing.resolve({ done: true, value: undefined });
    writer.close();
  };
  let tail: Promise<void> = Promise.resolve();
  const send: EventSink["send"] = text => {
    const sent = tail.then(async () => {
      while (!signal.aborted && !writer.hasRoom()) await writer.room();
      const event = signal.aborted ? "" : await text();
      if (!signal.aborted) writer.write(event);
    });
    tail = sent.catch(() => {});
    return sent;
  };
  const fail = (error: unknown): void => {
    failure ??= error;
    close();
  };
  const stream = writer.open(close);
  return {
    stream,
    signal,
    closed: closing.promise,
    send,
    sendWithHeartbeat,
    close,
    fail,
    failure: () => failure,
  };
}

/** A stream of texts that knows whether its reader has room. */
interface Writer {
  readonly open: (onCancel: () => void) => ReadableStream<Uint8Array>;
  readonly write: (text: string) => void;
  readonly hasRoom: () => boolean;
  /** Fulfilled when the reader asks for more, or the stream is closed. */
  readonly room: () => Promise<void>;
  readonly close: () => void;
}

// Chunks that wait for the reader.
const MAX_WAITING = 16;

function newWriter(): Writer {
  const encoder = new TextEncoder();
  let controller: ReadableStreamDefaultController<Uint8Array>;
  let isOpen = true;
  let room = Promise.withResolvers<void>();
  const write = (text: string): void => controller.enqueue(encoder.encode(text));
  const source = (onCancel: () => void) => ({
    start: (given: ReadableStreamDefaultController<Uint8Array>): void => {
      controller = given;
      write(FIRST_TEXT);
    },
    pull: (): void => {
      room.resolve();
      room = Promise.withResolvers<void>();
    },
    cancel: (): void => {
      isOpen = false;
      onCancel();
    },
  });
  return {
    open: onCancel => new ReadableStream<Uint8Array>(source(onCancel), { highWaterMark: MAX_WAITING }),
    write,
    hasRoom: () => (controller.desiredSize ?? 0) > 0,
    room: () => room.promise,
    close: () => {
      room.resolve();
      if (isOpen) controller.close();
      isOpen = false;
    },
  };
}
