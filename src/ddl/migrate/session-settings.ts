import type { SqlHandle } from "../../driver/handle.ts";
import { sendForValues } from "../../driver/send.ts";

// Hexadecimal digits mean the same in every encoding and with every setting of string literals.
const STATE = `SELECT pg_catalog.encode(pg_catalog.convert_to(pg_catalog.json_build_object(
  'user', session_user, 'role', pg_catalog.current_setting('role', true),
  'settings', (
    SELECT coalesce(pg_catalog.json_object_agg(name, setting), '{}') FROM pg_catalog.pg_settings WHERE source = 'session'))::text,
  'UTF8'), 'hex')`;

/** The user, role and settings of a session, as hexadecimal digits. */
export async function sessionSettings(sql: SqlHandle): Promise<string> {
  const [row] = await sendForValues(sql, STATE, []);
  return String(row![0]);
}

/**
 * Gives a session the user, role and settings that it had before a migration, so that its SET affects neither the log and the
 * next migration nor later users of the connection.
 */
export async function restoreSettings(sql: SqlHandle, before: string): Promise<void> {
  const old = `CAST(pg_catalog.convert_from(pg_catalog.decode('${before}', 'hex'), 'UTF8') AS pg_catalog.json)`;
  // No view lists custom settings, so RESET ALL is the only way to remove those of the migration. It also resets settings
  // that the role may not set, so the role comes last.
  const text = `SELECT pg_catalog.set_config('session_authorization', ${old} ->> 'user', false)
WHERE session_user <> ${old} ->> 'user';
SET ROLE NONE;
RESET ALL;
SELECT pg_catalog.set_config(name, value, false)
FROM pg_catalog.json_each_text(${old} -> 'settings') AS old (name, value) JOIN pg_catalog.pg_settings USING (name)
WHERE setting <> value AND name NOT LIKE 'transaction%';
SELECT pg_catalog.set_config('role', ${old} ->> 'role', false) WHERE ${old} ->> 'role' <> 'none'`;
  await sendForValues(sql, text, []);
}
