import { connect, EXACT_SETTINGS, type SchemaSnapshot } from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { EXACT_TABLES } from "./exact-values.ts";

const prepare = process.env["ROWFN_PREPARE"] !== "false";

const SETTINGS: readonly Readonly<Record<string, string>>[] = [
  {
    ...{ extra_float_digits: "-15", array_nulls: "off", bytea_output: "escape", xmloption: "document" },
    ...{ IntervalStyle: "sql_standard", DateStyle: "German", TimeZone: "Europe/Dublin" },
    ...{ gin_fuzzy_search_limit: "3", client_encoding: "LATIN1" },
  },
  {
    ...{ extra_float_digits: "0", array_nulls: "off", bytea_output: "escape", xmlbinary: "hex" },
    ...{ IntervalStyle: "iso_8601", DateStyle: "SQL, DMY", TimeZone: "America/St_Johns" },
    ...{ standard_conforming_strings: "off", transform_null_equals: "on", quote_all_identifiers: "on" },
  },
];

/**
 * Settings of a role or database that change values in sessions without exact settings. The format in which the driver
 * receives values depends on the mode, and all other settings change their text as the first ones do.
 */
export const HOSTILE_SETTINGS: typeof SETTINGS = prepare ? SETTINGS : SETTINGS.slice(0, 1);

const types = { timestamp: "string", timestamptz: "string", json: "string" } as const;

/** The tables of exact values in a database with hostile settings, as `connect` opens it. */
export interface HostileDatabase {
  readonly sql: TestDatabase["sql"];
  readonly schema: SchemaSnapshot;
  /** A session with exact settings, whose values in text format are correct. */
  readonly oracle: TestDatabase["sql"];
  /** The snapshot after a change of the tables. */
  readonly reload: () => Promise<SchemaSnapshot>;
  readonly drop: () => Promise<void>;
}

/** Opens a database with the tables of exact values and hostile settings. */
export async function hostileDatabase(settings: Readonly<Record<string, string>>): Promise<HostileDatabase> {
  const database = await testDatabase({ template: EXACT_TABLES });
  const oracle = database.connect({ max: 1, connection: EXACT_SETTINGS });
  for (const [name, value] of Object.entries(settings))
    await database.sql.unsafe(`alter database ${database.name} set ${name} = '${value}'`);
  const open = () => connect(database.url, { max: 2, prepare, types });
  const { sql, schema } = await open();
  const reload = async (): Promise<SchemaSnapshot> => {
    const again = await open();
    await again.sql.close();
    return again.schema;
  };
  const drop = async (): Promise<void> => {
    await sql.close();
    await database.drop();
  };
  return { sql, schema, oracle, reload, drop };
}
