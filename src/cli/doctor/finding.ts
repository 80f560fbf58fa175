/** What `rowfn doctor` found out about one thing. */
export interface Finding {
  readonly subject: string;
  readonly status: "ok" | "warning" | "problem";
  /** One line or more; SQL that would help stands on lines of its own. */
  readonly message: string;
}

export function ok(subject: string, message: string): Finding {
  return { subject, status: "ok", message };
}

export function warning(subject: string, message: string): Finding {
  return { subject, status: "warning", message };
}

export function problem(subject: string, message: string): Finding {
  return { subject, status: "problem", message };
}
