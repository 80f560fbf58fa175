import * as v from "valibot";
import type { ListeningHandle, SqlHandle } from "../driver/handle.ts";
import { ArgumentError, ValueError } from "../errors.ts";
import { runValue } from "../rows/run.ts";
import { ValidationError } from "../validate/validation-error.ts";
import { type ListenOptions, listening } from "./listening.ts";

/** Options of `channel`. */
export interface ChannelOptions extends ListenOptions {
  /** Told of a notification that is not what the schema says; it is left out. */
  readonly onInvalid?: (error: ValidationError) => void;
}

/** A PostgreSQL channel with payloads of one type. */
export interface Channel<Input, Output> extends AsyncIterable<Output> {
  /**
   * Sends a payload, in a transaction when it commits.
   * @throws ValidationError; ValueError for one of more than 7,999 bytes; QueryError
   */
  readonly send: (payload: Input, sql?: SqlHandle) => Promise<void>;
}

// PostgreSQL manual, NOTIFY: less than 8,000 bytes.
const MOST_BYTES = 7_999;
const NAME_BYTES = 63;

/**
 * Typed notifications (manual, NOTIFY): what is sent and what is received is checked by a valibot schema. A loop over the
 * channel gets what is sent from then on; it has a connection of its own, which is made again when it is lost, and `onGap`
 * is told that something may have been missed. Leaving the loop stops listening.
 * @param sql a pool
 * @param name the channel's name, of at most 63 bytes
 * @param schema what a payload is; anything that JSON can hold
 * @param options what to do about gaps and strangers' notifications, a signal that ends the loop
 * @returns the channel: `send(payload)`, and an async iterable of payloads
 * @throws ArgumentError for a name that PostgreSQL would cut off
 * @example `const orders = channel(sql, "orders", v.object({ id: v.number() })); await orders.send({ id: 1 });`
 */
export function channel<Schema extends v.GenericSchema>(
  sql: ListeningHandle,
  name: string,
  schema: Schema,
  options: ChannelOptions = {},
): Channel<v.InferInput<Schema>, v.InferOutput<Schema>> {
  if (name === "" || Buffer.byteLength(name) > NAME_BYTES)
    throw new ArgumentError(
      `a channel's name has 1 to ${NAME_BYTES} bytes, received ${JSON.stringify(name)}`,
    );
  return {
    send: async (payload, handle = sql) => {
      const text = payloadText(name, schema, payload);
      const statement = { text: "SELECT pg_notify($1::text, $2::text)", params: [name, text] };
      await runValue(
        handle,
        undefined,
        () => statement,
        () => undefined,
      );
    },
    [Symbol.asyncIterator]: () => payloads(sql, name, schema, options),
  };
}

function payloadText(name: string, schema: v.GenericSchema, payload: unknown): string {
  const { issues } = v.safeParse(schema, payload);
  if (issues !== undefined) throw new ValidationError(name, issues);
  const text = JSON.stringify(payload);
  if (text === undefined) throw new ValueError(`${name}: the payload has no JSON`);
  const bytes = Buffer.byteLength(text);
  if (bytes <= MOST_BYTES) return text;
  throw new ValueError(
    `${name}: the payload has ${bytes} bytes, a notification at most ${MOST_BYTES}; store it and send its key`,
  );
}

async function* payloads<Schema extends v.GenericSchema>(
  sql: ListeningHandle,
  name: string,
  schema: Schema,
  options: ChannelOptions,
): AsyncGenerator<v.InferOutput<Schema>, void, undefined> {
  for await (const text of listening(sql, name, options)) {
    const { success, output, issues } = v.safeParse(schema, jsonOf(text));
    if (success) yield output;
    else options.onInvalid?.(new ValidationError(name, issues));
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
