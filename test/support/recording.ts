import type { SqlHandle, Statement } from "../../src/index.ts";

/** The handle, which appends the text of everything that `unsafe` sends to `sent`. */
export function recordingHandle<Handle extends SqlHandle>(sql: Handle, sent: string[]): Handle {
  return new Proxy(sql, {
    apply(target, self, args) {
      const [strings] = args;
      if (Array.isArray(strings) && "raw" in strings) sent.push(strings.join("$"));
      return Reflect.apply(target as unknown as () => unknown, self, args);
    },
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        if (name === "unsafe") sent.push(String(args[0]));
        return Reflect.apply(value, target, args);
      };
    },
  });
}

/** A list of statements, and an `onStatement` that appends to it. */
export function recorder(): {
  readonly sent: Statement[];
  readonly onStatement: (statement: Statement) => void;
} {
  const sent: Statement[] = [];
  return { sent, onStatement: ({ text, params }) => void sent.push({ text, params }) };
}
