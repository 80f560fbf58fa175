import type { SqlHandle } from "../../driver/handle.ts";
import { sendForValues } from "../../driver/send.ts";
import { quoteLiteral } from "../../schema/quote.ts";

const SETTINGS = `SELECT pg_catalog.json_build_object(
  'user', session_user, 'role', pg_catalog.current_setting('role', true),
  'settings', (
    SELECT coalesce(pg_catalog.json_object_agg(name, setting), '{}') FROM pg_catalog.pg_settings WHERE source = 'session'))::text`;

/** The user, role and settings of a session as JSON. */
export async function sessionSettings(sql: SqlHandle): Promise<string> {
  const [row] = await sendForValues(sql, SETTINGS, []);
  return String(row![0]);
}

/**
 * Gives a session the user, role and settings that it had before a migration, so that its SET affects neither the log and the
 * next migration nor later users of the connection.
 */
export async function restoreSettings(sql: SqlHandle, before: string): Promise<void> {
  const old = `CAST(${quoteLiteral(before)} AS json)`;
  const text = `SELECT pg_catalog.set_config('session_authorization', ${old} ->> 'user', false)
WHERE session_user <> ${old} ->> 'user';
SELECT pg_catalog.set_config('role', ${old} ->> 'role', false)
WHERE pg_catalog.current_setting('role', true) <> ${old} ->> 'role';
SELECT pg_catalog.set_config(name, value, false)
FROM (SELECT name, setting, coalesce(${old} -> 'settings' ->> name, reset_val) AS value
  FROM pg_catalog.pg_settings WHERE source = 'session' AND name NOT LIKE 'transaction%') changed
WHERE setting <> value`;
  await sendForValues(sql, text, []);
}
