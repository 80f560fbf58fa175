import { ArgumentError } from "../errors.ts";
import { bind, newBinder, type Statement } from "./statement.ts";

/** Who a transaction is, for row-level security. */
export interface RoleOptions {
  /** The role to be, as of SET ROLE; the connection's own without it. */
  readonly role?: string;
  /** Settings by name: `{ "app.tenant_id": "7" }`. Numbers and booleans are sent as their text. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
}

/**
 * The statement that makes a transaction's role and settings (manual, set_config).
 * @param options the role and the settings
 * @returns the SQL and its parameters
 * @throws ArgumentError for a setting that is no text, number or boolean, and without any
 * @example `asRoleSql({ role: "reader" }).text` → `SELECT set_config($1::text, $2::text, true)`
 */
export function asRoleSql({ role, settings = {} }: RoleOptions): Statement {
  const binder = newBinder();
  const entries = Object.entries({ ...settings, ...(role !== undefined && { role }) });
  if (entries.length === 0) throw new ArgumentError("asRole takes a role or settings");
  const calls = entries.map(([name, value]) => {
    if (!["string", "number", "boolean"].includes(typeof value))
      throw new ArgumentError(
        `the setting ${name} is ${typeof value}: text, a number or a boolean is needed`,
      );
    return `set_config(${bind(binder, name, "text")}, ${bind(binder, String(value), "text")}, true)`;
  });
  return { text: `SELECT ${calls.join(", ")}`, params: binder.params };
}
