import type { ListeningHandle } from "../driver/handle.ts";
import { isLost } from "../driver/lost-connection.ts";
import { askServers, type Cluster, findPrimary } from "./cluster.ts";
import { isOnStandby } from "./primary-handle.ts";
import type { Session } from "./session.ts";

/** Milliseconds between two checks of which server is the primary, while something listens. */
const WATCH_MS = 1_000;

type Listen = ListeningHandle["listen"];

/**
 * Listens on the primary, and after a promotion on its successor. The driver reopens a lost connection only to the same
 * server, and does not report that this fails.
 */
export async function listenOnPrimary(
  cluster: Cluster,
  session: Session,
  ...[channel, onNotify, onListen]: Parameters<Listen>
): ReturnType<Listen> {
  // What is read because of a notification, or after listening has begun, must have what was committed before.
  const seen =
    <Args extends unknown[]>(call: ((...args: Args) => void) | undefined) =>
    (...given: Args): void => {
      session.writes++;
      call?.(...given);
    };
  const args: Parameters<Listen> = [channel, seen(onNotify), seen(onListen)];
  let { server, subscription } = await firstSubscription(cluster, args);
  let isMoving = false;
  let isEnded = false;
  const move = async (): Promise<void> => {
    if (isMoving || isEnded || cluster.primary === server) return;
    isMoving = true;
    try {
      const next = cluster.primary;
      const [former, opened] = [subscription, await listenOn(cluster, next, args)];
      [subscription, server] = [opened, next];
      // A former primary that hangs does not answer, but the next promotion must be followed.
      former.unlisten().catch(() => {});
      if (isEnded) await opened.unlisten();
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

// The given primary can have become a standby before the process started.
async function firstSubscription(cluster: Cluster, args: Parameters<Listen>) {
  const server = cluster.primary;
  try {
    return { server, subscription: await listenOn(cluster, server, args) };
  } catch (error) {
    if (!isLost(error) && !isOnStandby(error)) throw error;
    await findPrimary(cluster);
    if (cluster.primary === server) throw error;
  }
  return { server: cluster.primary, subscription: await listenOn(cluster, cluster.primary, args) };
}

function listenOn({ servers }: Cluster, index: number, args: Parameters<Listen>): ReturnType<Listen> {
  return (servers[index]!.sql as ListeningHandle).listen(...args);
}
