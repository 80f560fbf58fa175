import type { ListeningHandle } from "../driver/handle.ts";
import { askServers, type Cluster } from "./cluster.ts";

/** Milliseconds between two checks of which server is the primary, while something listens. */
const WATCH_MS = 1_000;

type Listen = ListeningHandle["listen"];

/**
 * Listens on the primary, and after a promotion on its successor. The driver reopens a lost connection only to the same
 * server, and does not report that this fails.
 */
export async function listenOnPrimary(cluster: Cluster, ...args: Parameters<Listen>): ReturnType<Listen> {
  let server = cluster.primary;
  let subscription = await listenOn(cluster, server, args);
  let isMoving = false;
  let isEnded = false;
  const move = async (): Promise<void> => {
    if (isMoving || isEnded || cluster.primary === server) return;
    isMoving = true;
    try {
      const next = cluster.primary;
      const [former, opened] = [subscription, await listenOn(cluster, next, args)];
      [subscription, server] = [opened, next];
      if (isEnded) await opened.unlisten();
      await former.unlisten();
    } finally {
      isMoving = false;
    }
  };
  const timer = setInterval(() => {
    if (cluster.isClosed) clearInterval(timer);
    // A move that fails is tried again the next time.
    else for (const asking of askServers(cluster)) asking.then(move).catch(() => {});
  }, WATCH_MS);
  timer.unref();
  return {
    unlisten: async () => {
      isEnded = true;
      clearInterval(timer);
      await subscription.unlisten();
    },
  };
}

function listenOn({ servers }: Cluster, index: number, args: Parameters<Listen>): ReturnType<Listen> {
  return (servers[index]!.sql as ListeningHandle).listen(...args);
}
