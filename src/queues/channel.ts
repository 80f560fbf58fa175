import * as v from "valibot";
import { withCreator } from "../driver/call-site.ts";
import { type ListeningHandle, requireListening, type SqlHandle } from "../driver/handle.ts";
import { ArgumentError, ValueError } from "../errors.ts";
import { runValue } from "../rows/run-values.ts";
import { type OptionNames, requireOptions } from "../schema/arguments.ts";
import { requireSchema } from "../validate/require-schema.ts";
import { ValidationError } from "../validate/validation-error.ts";
import { LISTEN_OPTIONS, type ListenOptions, listen, requireLimit } from "./listen.ts";

/** Options of `channel`. */
export interface ChannelOptions extends ListenOptions {
  /** Called for a payload that does not match the valibot schema; the loop skips it. */
  readonly onInvalid?: (error: ValidationError) => void;
}

const CHANNEL_OPTIONS: OptionNames<ChannelOptions> = { onInvalid: true, ...LISTEN_OPTIONS };

/** A PostgreSQL channel with payloads of one type. */
export interface Channel<Input, Output> extends AsyncIterable<Output> {
  /**
   * Sends a payload; inside a transaction it is delivered when the transaction commits.
   * @throws ValidationError; ValueError if the payload has more than 7,999 bytes or JSON changes it to one that is invalid; QueryError
   */
  readonly send: (payload: Input, sql?: SqlHandle) => Promise<void>;
}

// PostgreSQL manual, NOTIFY: less than 8,000 bytes.
const MAX_PAYLOAD_BYTES = 7_999;
// PostgreSQL silently truncates longer names.
const MAX_NAME_BYTES = 63;

/**
 * Typed notifications (manual, NOTIFY): a valibot schema validates the payloads that are sent and received. A loop over the
 * channel receives what is sent from then on. It has a dedicated connection, which is reopened if it is lost; `onGap` is
 * called then, because notifications may have been missed. Leaving the loop stops listening.
 * @param sql a pool
 * @param name the channel's name, at most 63 bytes
 * @param schema the valibot schema of a payload, which must be a JSON value
 * @param options `onGap`, `onInvalid`, a signal that ends the loop
 * @returns the channel: `send(payload)`, and an async iterable of payloads
 * @throws ArgumentError if the name is empty, too long or not Unicode text, or the schema is not a valibot schema
 * @example `const orders = channel(sql, "orders", v.object({ id: v.number() })); await orders.send({ id: 1 });`
 */
export function channel<Schema extends v.GenericSchema>(
  sql: ListeningHandle,
  name: string,
  schema: Schema,
  options: ChannelOptions = {},
): Channel<v.InferInput<Schema>, v.InferOutput<Schema>> {
  requireOptions("channel", options, CHANNEL_OPTIONS);
  requireLimit(options.limit);
  requireListening(sql);
  requireName(name);
  requireSchema("the payload of channel", schema);
  return {
    send: async (payload, handle = sql) => {
      const text = payloadText(name, schema, payload);
      const statement = { text: "SELECT pg_notify($1::text, $2::text)", params: [name, text] };
      await runValue(handle, statement, undefined);
    },
    [Symbol.asyncIterator]: () => withCreator(payloads(sql, name, schema, options)),
  };
}

function requireName(name: unknown): void {
  if (typeof name !== "string" || name === "" || Buffer.byteLength(name) > MAX_NAME_BYTES)
    throw new ArgumentError(
      `the name of a channel must have 1 to ${MAX_NAME_BYTES} bytes, received ${JSON.stringify(name)}`,
    );
  // The driver would listen on a different name than the one to which a payload is sent.
  if (name.includes("\0") || !name.isWellFormed())
    throw new ArgumentError(
      `the name of a channel must have no NUL character and no lone surrogate, received ${JSON.stringify(name)}`,
    );
}

function payloadText(name: string, schema: v.GenericSchema, payload: unknown): string {
  const { issues } = v.safeParse(schema, payload);
  if (issues !== undefined) throw new ValidationError(name, issues);
  const text = jsonText(name, payload);
  requireReceived(name, schema, text);
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_PAYLOAD_BYTES) return text;
  throw new ValueError(
    `${name}: the payload has ${bytes} bytes, but a notification holds at most ${MAX_PAYLOAD_BYTES}; store the payload and send its key`,
  );
}

// JSON has no infinite numbers and no Dates: the loops would skip what they receive in place of these.
function requireReceived(name: string, schema: v.GenericSchema, text: string): void {
  const { issues } = v.safeParse(schema, JSON.parse(text));
  if (issues === undefined) return;
  const { message } = new ValidationError(name, issues);
  throw new ValueError(
    `${name}: the payload must be a JSON value; it is not valid after its conversion to JSON:\n${message}`,
  );
}

function jsonText(name: string, payload: unknown): string {
  let cause: unknown;
  try {
    const text: string | undefined = JSON.stringify(payload);
    if (text !== undefined) return text;
  } catch (error) {
    // A bigint or a cycle, perhaps inside of the payload.
    cause = error;
  }
  const reason =
    cause === undefined ? `received a value of type ${typeof payload}` : (cause as Error).message;
  throw new ValueError(`${name}: the payload must be a JSON value; ${reason}`, { cause });
}

async function* payloads<Schema extends v.GenericSchema>(
  sql: ListeningHandle,
  name: string,
  schema: Schema,
  options: ChannelOptions,
): AsyncGenerator<v.InferOutput<Schema>, void, undefined> {
  for await (const text of listen(sql, name, options)) {
    const { success, output, issues } = v.safeParse(schema, parsePayload(text));
    if (success) yield output;
    else options.onInvalid?.(new ValidationError(name, issues));
  }
}

function parsePayload(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
