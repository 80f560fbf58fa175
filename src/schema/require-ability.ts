import type { SqlHandle } from "../driver/handle.ts";
import { sendForValues } from "../driver/send.ts";
import { ArgumentError } from "../errors.ts";
import { ENGINE_SQL, type Engine, engineOf } from "./engine.ts";

// By the options of a handle, which its transactions and reserved connections share.
const engines = new WeakMap<object, Engine>();

/** Keeps the engine of a handle, so that functions without a snapshot do not have to ask. */
export function rememberEngine(sql: SqlHandle, engine: Engine): void {
  engines.set(sql.options, engine);
}

const WITHOUT = {
  advisoryLocks: ["advisory locks", 'lock a row of your own table with lock: "update"'],
  listen: ["LISTEN", "read the table again after a pause"],
  savepoints: ["savepoints", "run the function inside the enclosing transaction"],
} as const;

/**
 * Throws ArgumentError if the engine of a handle lacks something that would otherwise silently do nothing.
 * @param user the function that needs it
 */
export async function requireAbility(
  sql: SqlHandle,
  ability: keyof typeof WITHOUT,
  user: string,
  advice: string = WITHOUT[ability][1],
): Promise<void> {
  const engine = engines.get(sql.options) ?? (await askEngine(sql));
  rejectWithout(engine, ability, user, advice);
}

/** As `requireAbility`, without asking the server if its engine is not known: it rejects what it lacks. */
export function requireKnownAbility(sql: SqlHandle, ability: keyof typeof WITHOUT, user: string): void {
  const engine = engines.get(sql.options);
  if (engine !== undefined) rejectWithout(engine, ability, user, WITHOUT[ability][1]);
}

function rejectWithout(
  { name, version, can }: Engine,
  ability: keyof typeof WITHOUT,
  user: string,
  advice: string,
): void {
  if (can[ability]) return;
  throw new ArgumentError(
    `${user} requires ${WITHOUT[ability][0]}, which ${name} ${version} lacks; ${advice}`,
  );
}

async function askEngine(sql: SqlHandle): Promise<Engine> {
  const [row] = await sendForValues(sql, `SELECT ${ENGINE_SQL}::text`, []);
  const engine = engineOf(JSON.parse(String(row![0])));
  rememberEngine(sql, engine);
  return engine;
}
