import { ArgumentError } from "../../errors.ts";
import { describeValue } from "../../types/problem.ts";

/** A server that can lift the idle limit of a request, as Bun's; seconds, 0 for no limit. */
export interface EventServer {
  timeout(request: Request, seconds: number): void;
}

export const HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-store",
  // A proxy such as nginx would collect the events.
  "x-accel-buffering": "no",
} as const;

/** The first text of a stream, which sends the headers: a comment, and the milliseconds before a reconnect. */
export const FIRST_TEXT = ": connected\nretry: 1000\n\n";
export const HEARTBEAT_TEXT = ":\n\n";

/** The ids of events: positions in the log of changes, or numbers without a log. */
export interface EventIds {
  /** The id of the next event; that of the last position for an event without one. */
  readonly next: (position: string | undefined) => string;
  readonly move: (position: string) => void;
}

/** The ids after that of the last event that a client has received. */
export function newEventIds(since: string | undefined): EventIds {
  let last: string | undefined;
  let number = /^\d{1,15}$/.test(since ?? "") ? Number(since) : 0;
  return {
    next: position => {
      last = position ?? last;
      return last ?? String(++number);
    },
    move: position => {
      last = position;
    },
  };
}

/** One event. Its data is JSON, which has no line feeds. */
export function eventText(data: string, id: string, name?: string): string {
  return `${name === undefined ? "" : `event: ${name}\n`}id: ${id}\ndata: ${data}\n\n`;
}

/** The id of the last event that a client received before it reconnected; undefined for a new client. */
export function lastEventId(request: Request): string | undefined {
  return request.headers.get("last-event-id") || undefined;
}

/** Throws ArgumentError for milliseconds that a timer cannot wait. */
export function requireHeartbeat(value: number): void {
  if (!(Number.isFinite(value) && value > 0 && value < 2 ** 31))
    throw new ArgumentError(
      `heartbeat must be a positive number of milliseconds below 2^31, received ${describeValue(value)}`,
    );
}

/** Throws ArgumentError for anything but a server, which may be absent; Elysia's is null before it listens. */
export function requireServer(server: unknown): void {
  if ((server ?? undefined) !== undefined && typeof (server as Partial<EventServer>).timeout !== "function")
    throw new ArgumentError(`server must be a server of Bun.serve, received ${describeValue(server)}`);
}
