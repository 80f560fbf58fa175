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

/** One event. Its data is JSON, which has no line feeds. */
export function eventText(data: string, id: number, name?: string): string {
  return `${name === undefined ? "" : `event: ${name}\n`}id: ${id}\ndata: ${data}\n\n`;
}

/** The number of the last event that a client received before it reconnected; undefined for a new client. */
export function lastEventId(request: Request): number | undefined {
  const text = request.headers.get("last-event-id");
  if (text === null || text === "") return undefined;
  const id = Number(text);
  return Number.isSafeInteger(id) && id >= 0 ? id : 0;
}

/** Throws ArgumentError unless the milliseconds are positive. */
export function requirePositive(name: string, value: number): void {
  if (!(Number.isFinite(value) && value > 0))
    throw new ArgumentError(
      `${name} must be a positive number of milliseconds, received ${describeValue(value)}`,
    );
}
