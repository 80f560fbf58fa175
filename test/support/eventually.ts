import { TIME_LIMIT_MS } from "./time-limit.ts";

// Shorter than the time limit, so that the test fails with the last error.
const PATIENCE_MS = TIME_LIMIT_MS * 0.8;
const PAUSE_MS = 10;

/** Repeats the attempt until it no longer throws. */
export async function eventually(attempt: () => unknown): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
      await Bun.sleep(PAUSE_MS);
    }
  }
}

/** Waits until the condition is true. */
export function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  return eventually(async () => {
    if (!(await condition())) throw new Error(`the condition never held: ${condition}`);
  });
}
