import type { Limits } from "../driver/handle.ts";
import { ArgumentError } from "../errors.ts";
import { LIMIT_OPTIONS, type OptionNames, requireOptions } from "../schema/arguments.ts";
import { describeValue } from "../types/problem.ts";
import { requireText } from "../types/text.ts";
import { bind, newBinder, type Statement } from "./statement.ts";

/** The role and settings of a transaction, for row-level security. */
export interface RoleOptions extends Limits {
  /** The role, as for SET ROLE; default: the role of the connection. */
  readonly role?: string;
  /** Settings by name: `{ "app.tenant_id": "7" }`. Numbers and booleans are sent as strings. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
}

const ROLE_OPTIONS: OptionNames<RoleOptions> = { role: true, settings: "object", ...LIMIT_OPTIONS };

/**
 * The statement that sets the role and settings of a transaction (manual, set_config).
 * @param options the role and the settings
 * @returns the SQL and its parameters
 * @throws ArgumentError for a setting that is not a string, number or boolean, and if nothing is set
 * @example `asRoleSql({ role: "reader" }).text` → `SELECT set_config($1::text, $2::text, true)`
 */
export function asRoleSql(options: RoleOptions): Statement {
  requireOptions("asRole", options ?? null, ROLE_OPTIONS);
  const { role, settings = {} } = options;
  if (role !== undefined && typeof role !== "string")
    throw new ArgumentError(`role must be the name of a role, received ${describeValue(role)}`);
  const binder = newBinder();
  const entries = Object.entries({ ...settings, ...(role !== undefined && { role }) });
  if (entries.length === 0) throw new ArgumentError("asRole requires role or settings");
  const calls = entries.map(([name, value]) => {
    if (!["string", "number", "boolean"].includes(typeof value))
      throw new ArgumentError(
        `the setting ${name} must be a string, a number or a boolean, received ${describeValue(value)}`,
      );
    requireText("the name of a setting", name);
    requireText(name, String(value));
    return `set_config(${bind(binder, name, "text")}, ${bind(binder, String(value), "text")}, true)`;
  });
  return { text: `SELECT ${calls.join(", ")}`, params: binder.params };
}
