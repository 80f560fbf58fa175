/** A result of `rowfn doctor`. */
export interface Finding {
  readonly subject: string;
  readonly status: "ok" | "warning" | "problem";
  /** The state and its consequence, then SQL that cures it, with each statement on its own line. */
  readonly message: string;
}

export function ok(subject: string, message: string): Finding {
  return { subject, status: "ok", message };
}

export function warning(subject: string, message: string, cures: readonly string[] = []): Finding {
  return { subject, status: "warning", message: [message, ...cures].join("\n") };
}

export function problem(subject: string, message: string, cures: readonly string[] = []): Finding {
  return { subject, status: "problem", message: [message, ...cures].join("\n") };
}
