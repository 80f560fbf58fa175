import { backendPid, cancelBackend } from "./cancel.ts";
import { ANSWER_MS, type Deadline } from "./deadline.ts";
import type { SqlHandle, SqlQuery } from "./handle.ts";
import { LIMITS, type Limits } from "./handle.ts";
import { type Method, type Sent, wrapHandle } from "./wrap-handle.ts";

/** The connection of a limited call. */
export interface Line {
  readonly call: LimitedCall;
  /** Statements and transactions that have not settled: of the call, or of one of its transactions. */
  readonly pending: Set<Promise<unknown>>;
}

/** A statement of a call that has not ended. */
interface RunningStatement {
  readonly text: string;
  readonly serverText: string;
  readonly isStream: boolean;
  /** On the clock of `performance.now()`. */
  readonly sentAt: number;
}

/** The use of the connection of a call. */
interface Use {
  /** Whether no one else sends statements on the connection. */
  readonly isOwn: boolean;
  /** Whether the call can send statements before earlier ones have ended. */
  readonly canPipeline: boolean;
}

interface LimitedCall extends Use {
  readonly sql: SqlHandle;
  readonly deadline: Deadline;
  readonly limits: Limits;
  /** The statements that have been sent and have not ended. */
  readonly running: Map<SqlQuery, RunningStatement>;
  /** The text of the statement that was sent last. */
  text: string | undefined;
  /** The id of the server process; known if several statements can be in flight. */
  pid: Promise<number | undefined> | undefined;
  /** The id, asked for with the first of statements that may be in flight together. */
  pidAhead: Promise<number | undefined> | undefined;
  /** Whether a canceled statement may still be running although the call no longer waits for it. */
  isLost: boolean;
}

/** The line of a call that starts; its statements are canceled at the deadline. */
export function newLine(sql: SqlHandle, limits: Limits, deadline: Deadline, use: Use): Line {
  const running: LimitedCall["running"] = new Map();
  const unknown = { text: undefined, pid: undefined, pidAhead: undefined };
  const call = { ...use, sql, limits, deadline, running, ...unknown, isLost: false };
  const line: Line = { call, pending: new Set() };
  deadline.signal.addEventListener("abort", () => cancelRunning(line));
  return line;
}

/** The text of the statement that the server is running, or that was sent last; undefined if none was sent. */
export function statementOf({ call }: Line): string | undefined {
  const [first] = call.running.values();
  return first?.text ?? call.text;
}

/** A handle whose statements and transactions belong to a limited call. */
export function limitedHandle(sql: SqlHandle, line: Line): SqlHandle {
  const begin = (target: SqlHandle, method: Method): Method => {
    const inside = (arg: unknown): unknown =>
      typeof arg === "function" ? (tx: SqlHandle) => runInside(line, tx, arg as Method) : arg;
    return async (...args) => {
      line.call.deadline.signal.throwIfAborted();
      return await track(line, method.apply(target, args.map(inside)) as PromiseLike<unknown>);
    };
  };
  return wrapHandle(sql, {
    send: (target, query, sent) => send(line, target, query, sent),
    stream: (query, sent) => stream(line, query, sent),
    methods: { begin, transaction: begin, savepoint: begin },
    properties: { [LIMITS]: { ...line.call.limits, isRunning: true } },
  });
}

// At the deadline the transaction is rolled back, although its function may be waiting for something else.
async function runInside(line: Line, tx: SqlHandle, fn: Method): Promise<unknown> {
  const { signal, stopped } = line.call.deadline;
  signal.throwIfAborted();
  const inner: Line = { call: line.call, pending: new Set() };
  const running = (async () => await fn(limitedHandle(tx, inner)))();
  try {
    return await Promise.race([running, stopped]);
  } catch (error) {
    if (!signal.aborted) throw error;
    await idle(inner);
    throw signal.reason;
  }
}

// The command that a stopped call may still send, so that its connection can be used again.
const CLEAN_UP = "ROLLBACK";

async function send(
  line: Line,
  sql: SqlHandle,
  query: SqlQuery,
  { text, serverText = text }: Sent,
): Promise<unknown> {
  const { call } = line;
  const { signal, stopped } = call.deadline;
  if (text !== CLEAN_UP) signal.throwIfAborted();
  // Without prepared statements the driver sends a statement only after the statements before it have ended.
  if (sql.options.prepare !== false && !signal.aborted) {
    if (call.isOwn) askPid(line, sql);
    else await Promise.race([endOfOthers(call, sql), stopped]);
    signal.throwIfAborted();
  }
  return await start(line, query, { text, serverText, isStream: false, sentAt: performance.now() });
}

/** Milliseconds after which the server has certainly started a statement. */
const BEGIN_MS = 1_000;

// If a call has sent several statements together, the driver cannot cancel them, but the server can. The server also
// cancels a statement that is sent so late that the driver's only cancel request could overtake it.
function askPid(line: Line, sql: SqlHandle): void {
  const { call } = line;
  const isLate = call.deadline.endsAt - performance.now() < BEGIN_MS;
  const isFirst = call.running.size === 0;
  if (call.canPipeline && isFirst) {
    // After a slow statement the answer would come too late, and a pooler can use a different process for later ones.
    call.pidAhead = track(line, backendPid(sql)).catch(() => undefined);
    call.pid = undefined;
  }
  if (isLate || !isFirst) call.pid ??= call.pidAhead ?? track(line, backendPid(sql)).catch(() => undefined);
}

// Waits for the statements that others have sent before on the connection. After the deadline nothing is sent.
async function endOfOthers(call: LimitedCall, sql: SqlHandle): Promise<void> {
  call.pid ??= backendPid(sql).catch(() => undefined);
  await call.pid;
}

function stream(line: Line, query: SqlQuery, { text, serverText = text }: Sent): Promise<unknown> {
  if (line.call.deadline.signal.aborted) query.cancel();
  return start(line, query, { text, serverText, isStream: true, sentAt: 0 });
}

function start(line: Line, query: SqlQuery, entry: RunningStatement): Promise<unknown> {
  const { call } = line;
  call.text = entry.text;
  call.running.set(query, entry);
  const end = (): void => void call.running.delete(query);
  return track(
    line,
    query.then(
      result => {
        end();
        return result;
      },
      error => {
        end();
        call.isLost ||= isUndelivered(error);
        throw error;
      },
    ),
  );
}

// The driver's error for a statement that the server may still be running has a hint.
function isUndelivered(error: unknown): boolean {
  const failure = error as { readonly code?: unknown; readonly hint?: unknown } | undefined;
  return failure?.code === "ERR_POSTGRES_QUERY_CANCELLED" && failure.hint !== undefined;
}

function track<Result>({ pending }: Line, running: PromiseLike<Result>): Promise<Result> {
  const promise = Promise.resolve(running);
  const settled: Promise<unknown> = promise.then(
    () => pending.delete(settled),
    () => pending.delete(settled),
  );
  pending.add(settled);
  return promise;
}

// The driver cancels a statement only if it is alone on its connection. Data of a COPY always ends with its query.
function cancelRunning(line: Line): void {
  const { sql, running, pid } = line.call;
  const [first] = running.keys();
  for (const [query, statement] of running) {
    if (pid !== undefined && !statement.isStream) continue;
    if (query === first) cancelWhenArrived(line, query, statement);
    else query.cancel();
  }
  // The statement waits for a slow one of others and has not been sent; it never will be.
  if (pid === undefined || running.size === 0) return;
  const texts = (): readonly string[] => [...running.values()].map(({ serverText }) => serverText);
  const ended = Promise.all([...line.pending]);
  track(line, cancelWhenKnown(sql, pid, ended, texts));
}

/** Milliseconds after which the server has received a statement, unless it is very busy. */
const ARRIVAL_MS = 50;

// The server ignores a cancel request that overtakes its statement, and the driver sends only one. A signal can be aborted at
// any time.
function cancelWhenArrived(line: Line, query: SqlQuery, { sentAt }: RunningStatement): void {
  const wait = sentAt + ARRIVAL_MS - performance.now();
  if (wait <= 0) return void query.cancel();
  const cancel = (): void => {
    if (line.call.running.has(query)) query.cancel();
  };
  track(line, Bun.sleep(wait).then(cancel));
}

async function cancelWhenKnown(
  sql: SqlHandle,
  pid: Promise<number | undefined>,
  ended: Promise<unknown>,
  texts: () => readonly string[],
): Promise<void> {
  const known = await pid;
  if (known !== undefined) await cancelBackend(sql, known, ended, texts, CANCEL_ATTEMPTS).catch(() => {});
}

/** As many attempts as there is time for. */
const CANCEL_ATTEMPTS = 100;

/** Waits until everything on the line has ended, for a limited time. */
export async function idle({ call, pending }: Line): Promise<void> {
  if (pending.size === 0) return;
  const limit = Promise.withResolvers<void>();
  const giveUp = (): void => {
    call.isLost = true;
    limit.resolve();
  };
  const timer = setTimeout(giveUp, ANSWER_MS);
  while (pending.size > 0 && !call.isLost) await Promise.race([Promise.all(pending), limit.promise]);
  clearTimeout(timer);
}

/** Whether a statement may still be running on the connection. */
export function isBusy({ call, pending }: Line): boolean {
  return call.isLost || pending.size > 0;
}
