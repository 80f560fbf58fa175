import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The path of the browser, undefined if it is not installed. */
export const CHROMIUM: string | undefined =
  process.env["ROWFN_CHROMIUM"] ?? Bun.which("chromium") ?? Bun.which("chromium-browser") ?? undefined;

const FLAGS = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage"],
  ...["--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  ...["--no-proxy-server", "--remote-debugging-pipe"],
];

/** Opens a page in a new browser process; returns the function that stops it. */
export function openPage(program: string, url: string): () => Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "rowfn-chromium-"));
  const child = Bun.spawn([program, ...FLAGS, `--user-data-dir=${directory}`, url], {
    // Otherwise the browser leaves its temporary directory behind.
    env: { ...process.env, TMPDIR: directory },
    // The browser exits when these two pipes are closed.
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
  });
  return async () => {
    child.kill();
    await child.exited;
    rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
  };
}
