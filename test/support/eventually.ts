const PATIENCE = 15_000;

/** Tries until it no longer throws, for fifteen seconds. */
export async function eventually(attempt: () => unknown): Promise<void> {
  const until = Date.now() + PATIENCE;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await Bun.sleep(20);
    }
  }
}
