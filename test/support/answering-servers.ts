import type { SqlHandle } from "../../src/index.ts";
import { askServers, type Cluster, newCluster } from "../../src/replicas/cluster.ts";

type Answer = readonly [isStandby: boolean, system: string, position: string | null, timeline: string | null];

/** The answers of servers by name, to the question for their state; undefined for an unreachable server. */
export const answers: Map<string, Answer | undefined> = new Map();

/** A handle whose server returns the current value in `answers`. */
export function server(name: string): SqlHandle {
  const values = async (): Promise<unknown> => {
    const answer = answers.get(name);
    if (answer === undefined) throw new Error("not reachable");
    return [[...answer, "{}"]];
  };
  return { options: {}, unsafe: () => ({ values }) } as unknown as SqlHandle;
}

/** Asks all servers. */
export async function ask(cluster: Cluster): Promise<void> {
  await Promise.all(askServers(cluster));
}

/** A cluster of the primary `a` and its standby `b`, which have not been asked. */
export function freshCluster(staleness?: number): Cluster {
  answers.set("a", [false, "s", "0/10", "00000001"]);
  answers.set("b", [true, "s", "0/8", "1"]);
  return newCluster(server("a"), [server("b")], staleness);
}
