/** The end of a command by a signal of the system. */
export interface Interruption {
  /** Aborted by the first signal. Another signal ends the process at once. */
  readonly interrupted: AbortSignal;
  /** Ends the process as the signal would have done, if there was one. */
  readonly die: () => void;
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Milliseconds in which a command can cancel its statement and remove its files; a server that hangs is given up after 5 s. */
const GRACE = 7_000;

/** Lets a command end by itself at the first signal, because the server would otherwise run its statement to the end. */
export function onInterruption(): Interruption {
  const controller = new AbortController();
  let received: NodeJS.Signals | undefined;
  const die = (): void => {
    if (received !== undefined) process.kill(process.pid, received);
  };
  for (const name of SIGNALS)
    process.once(name, () => {
      if (received !== undefined) return;
      received = name;
      for (const other of SIGNALS) process.removeAllListeners(other);
      setTimeout(die, GRACE).unref();
      controller.abort(new Error(`received ${name}`));
    });
  return { interrupted: controller.signal, die };
}
