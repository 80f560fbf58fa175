import { TimeoutError } from "../errors.ts";
import { newDeadline, noConnectionError } from "./deadline.ts";
import { isTransaction, type Limits, limitsOf, type SqlHandle } from "./handle.ts";
import { idle, isBusy, type Line, limitedHandle, newLine, statementOf } from "./line.ts";
import { sqlStart } from "./query-error.ts";
import { reserveConnection } from "./reserve.ts";

/** A call; the signal is aborted at its deadline. */
type Work<Result> = (sql: SqlHandle, signal: AbortSignal | undefined) => Promise<Result>;

/**
 * Runs a call until its deadline. A limited call has a connection to itself, because the server can cancel only the
 * statement that a connection is running. Without limits the call uses the handle as it is.
 * @param canPipeline whether the call can send statements before earlier ones have ended
 * @throws the error of the call; the signal's reason; TimeoutError
 */
export function limited<Result>(
  sql: SqlHandle,
  options: Limits | undefined,
  work: Work<Result>,
  canPipeline = false,
): Promise<Result> {
  const limits = limitsOf(sql, options);
  return limits === undefined ? work(sql, options?.signal) : runLimited(sql, limits, work, canPipeline);
}

/** Runs a call that has limits. */
export async function runLimited<Result>(
  sql: SqlHandle,
  limits: Limits,
  work: Work<Result>,
  canPipeline = false,
): Promise<Result> {
  limits.signal?.throwIfAborted();
  let line: Line | undefined;
  const deadline = newDeadline(limits, timeout => timeoutError(sql, timeout, line));
  try {
    if (isTransaction(sql) || "release" in sql) {
      line = newLine(sql, limits, deadline, { isOwn: false, canPipeline });
      return await untilStopped(line, work(limitedHandle(sql, line), deadline.signal));
    }
    const connection = await reserveConnection(sql as unknown as Bun.SQL, deadline.signal);
    line = newLine(connection as unknown as SqlHandle, limits, deadline, { isOwn: true, canPipeline });
    return await onOwnLine(connection, line, work);
  } finally {
    deadline.clear();
  }
}

function timeoutError(sql: SqlHandle, timeout: number, line: Line | undefined): TimeoutError {
  if (line === undefined) return noConnectionError(sql, timeout);
  const text = statementOf(line);
  const end = text === undefined ? "; nothing was sent" : ` and was canceled\n  in: ${sqlStart(text)}`;
  return new TimeoutError(`the call took longer than ${timeout} ms${end}`, text);
}

// The server may hang, or the pooler may not pass on cancel requests.
function reasonOf({ call }: Line): unknown {
  const { reason } = call.deadline.signal;
  if (!call.isLost || !(reason instanceof TimeoutError) || reason.text === undefined) return reason;
  return new TimeoutError(
    `the call took longer than ${call.limits.timeout} ms, and the server did not confirm that it was canceled, so it is unknown whether it was completed\n  in: ${sqlStart(reason.text)}`,
    reason.text,
  );
}

async function onOwnLine<Result>(
  connection: Bun.ReservedSQL,
  line: Line,
  work: Work<Result>,
): Promise<Result> {
  let isSettled = false;
  try {
    const sql = connection as unknown as SqlHandle;
    const running = work(limitedHandle(sql, line), line.call.deadline.signal);
    return await untilStopped(
      line,
      running.finally(() => {
        isSettled = true;
      }),
    );
  } finally {
    await idle(line);
    // A statement that is still running, or a lock that is still held, must not reach the next user of the connection.
    if (isBusy(line) || !isSettled) await connection.close({ timeout: 0 });
    connection.release();
  }
}

/** Waits for a call; at its deadline only until the canceled statements have ended. */
async function untilStopped<Result>(line: Line, running: Promise<Result>): Promise<Result> {
  const { signal, stopped } = line.call.deadline;
  try {
    return await Promise.race([running, stopped]);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  await idle(line);
  // After a canceled statement the call may still have to end its transaction or to release its lock.
  await Bun.sleep(0);
  await idle(line);
  // The call may have been completed before the cancel request arrived, such as by a COMMIT.
  const late = Bun.sleep(0).then(() => Promise.reject(reasonOf(line)));
  return await Promise.race([running.catch(() => late), late]);
}
