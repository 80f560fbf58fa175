import type { ProblemItem } from "./problem-item.ts";

/** The status of an error and what its response says. */
export interface Answer {
  readonly status: number;
  readonly detail: string;
  readonly code?: string;
  readonly errors?: readonly ProblemItem[];
  /** Seconds. */
  readonly retryAfter?: number;
}
