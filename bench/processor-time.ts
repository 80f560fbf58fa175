import { readFileSync } from "node:fs";

/** Clock ticks per second in /proc (manual page proc(5)). */
const TICKS = 100;

/** Seconds of processor time that a process has used; 0 without /proc. */
export function processorTime(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    return 0;
  }
}
