import type { SqlHandle } from "../../driver/handle.ts";
import { codesOf } from "../../driver/lost-connection.ts";
import { queryError } from "../../driver/query-error.ts";
import { ArgumentError } from "../../errors.ts";
import { requireExactSettings } from "../exact-settings.ts";
import { withChosenForms } from "../js-types.ts";
import { noteMark } from "../pooler.ts";
import { rememberEngine } from "../require-ability.ts";
import type { JsTypes, SchemaSnapshot } from "../snapshot.ts";
import { buildSnapshot } from "./build-snapshot.ts";
import { catalogOf, serverOf } from "./catalog.ts";
import { catalogStatements } from "./query.ts";

interface ReadOptions {
  readonly schemas?: readonly string[];
  readonly functions?: boolean;
  readonly settings: "exact" | "any";
}

/** Reads the catalog rows of some schemas, or of all, and builds the snapshot. */
export async function readSnapshot<Tables>(
  sql: SqlHandle,
  { schemas, functions = false, settings }: ReadOptions,
  jsTypes: JsTypes,
): Promise<SchemaSnapshot<Tables>> {
  const [path, , rows] = await catalogRows(sql, schemas, functions);
  const catalog = catalogOf(rows, String(path[0]?.[0]));
  const server = serverOf(catalog);
  const missing = schemas?.filter(name => !server.schemas.includes(name)) ?? [];
  if (missing.length > 0) {
    const [only] = missing;
    const names = missing.map(name => JSON.stringify(name)).join(", ");
    throw new ArgumentError(
      missing.length === 1
        ? `schema ${JSON.stringify(only)} does not exist, or role ${server.role} has no USAGE privilege on it`
        : `schemas ${names} do not exist, or role ${server.role} may not use them`,
    );
  }
  const schema = withChosenForms(buildSnapshot<Tables>(catalog, jsTypes, functions));
  rememberEngine(sql, catalog.path.engine);
  noteMark(sql, catalog.path.mark);
  if (settings === "exact") requireExactSettings(schema, catalog.path.session);
  return schema;
}

function requireNames(schemas: readonly string[] | undefined): void {
  if (schemas !== undefined && (!Array.isArray(schemas) || schemas.length === 0))
    throw new ArgumentError("schemas must be an array of at least one name");
}

async function catalogRows(
  sql: SqlHandle,
  schemas: readonly string[] | undefined,
  functions: boolean,
): Promise<Results> {
  requireNames(schemas);
  const send = async (isXml: boolean): Promise<Results> =>
    (await sql.unsafe(catalogStatements(schemas, functions, isXml)).values()) as Results;
  const isXml = !withoutXml.has(sql.options);
  try {
    return await send(isXml).catch(error => {
      if (!isXml || !isXmlMissing(error)) throw error;
      withoutXml.add(sql.options);
      return send(false);
    });
  } catch (error) {
    throw queryError(error, "the catalog query of loadSchema", { sql });
  }
}

/** The options of handles whose server has no XML functions, such as CockroachDB. */
const withoutXml = new WeakSet<object>();

function isXmlMissing(error: unknown): boolean {
  return codesOf(error).sqlstate === "42883" && /query_to_xml/.test(String(error));
}

type Rows = readonly (readonly unknown[])[];
type Results = readonly [path: Rows, settings: Rows, catalog: Rows];
