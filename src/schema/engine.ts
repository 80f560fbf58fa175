/** The server that a snapshot was loaded from. */
export interface Engine {
  readonly name: EngineName;
  /** As the engine prints it: `18.4`, `v24.1.0`. */
  readonly version: string;
  /** Whether it was a standby, which accepts no writes. */
  readonly isStandby: boolean;
  readonly can: Abilities;
}

export type EngineName = "PostgreSQL" | "Citus" | "CockroachDB" | "YugabyteDB" | "Aurora DSQL";

/** The abilities of an engine. */
export interface Abilities {
  /** Advisory locks exclude other sessions. */
  readonly advisoryLocks: boolean;
  /** LISTEN and NOTIFY. */
  readonly listen: boolean;
  /** COPY in both directions. */
  readonly copy: boolean;
  readonly temporaryTables: boolean;
  /** `old` in RETURNING. */
  readonly returningOld: boolean;
  /** Unique keys whose NULLs are equal. */
  readonly nullsNotDistinct: boolean;
  /** A part of a transaction can be rolled back. */
  readonly savepoints: boolean;
  /** `xmin` and `xmax`, which identify the transactions that wrote a row. */
  readonly systemColumns: boolean;
}

/** The answer to `ENGINE_SQL`. */
export interface EngineFacts {
  readonly version: string;
  readonly isStandby: boolean;
  readonly isCockroach: boolean;
  readonly isYugabyte: boolean;
  readonly isDsql: boolean;
  readonly isCitus: boolean;
  /** Settings of YugabyteDB; null on other engines. */
  readonly advisoryLocks: string | null;
  readonly listenNotify: string | null;
  readonly versionNum: number;
}

/** SQL for `EngineFacts` as JSON: objects that only one engine has, because all engines report a version of PostgreSQL. */
export const ENGINE_SQL = `pg_catalog.json_build_object(
  'version', pg_catalog.version(), 'isStandby', pg_catalog.pg_is_in_recovery(),
  'versionNum', pg_catalog.current_setting('server_version_num')::int4,
  'isCockroach', pg_catalog.to_regnamespace('crdb_internal') is not null,
  'isYugabyte', exists (select from pg_catalog.pg_proc where proname = 'yb_servers'),
  'isDsql', pg_catalog.to_regclass('sys.iam_pg_role_mappings') is not null,
  'isCitus', exists (select from pg_catalog.pg_proc where proname = 'citus_version'),
  'advisoryLocks', pg_catalog.current_setting('yb_enable_advisory_locks', true),
  'listenNotify', pg_catalog.current_setting('yb_enable_listen_notify', true))`;

/** The engine that gave an answer. */
export function engineOf(facts: EngineFacts): Engine {
  const name = nameOf(facts);
  return {
    name,
    version: versionOf(name, facts.version),
    isStandby: facts.isStandby,
    can: abilities(name, facts),
  };
}

function nameOf({ isCockroach, isYugabyte, isDsql, isCitus }: EngineFacts): EngineName {
  if (isCockroach) return "CockroachDB";
  if (isYugabyte) return "YugabyteDB";
  if (isDsql) return "Aurora DSQL";
  return isCitus ? "Citus" : "PostgreSQL";
}

const VERSIONS: Partial<Readonly<Record<EngineName, RegExp>>> = {
  CockroachDB: /CockroachDB \S+ (v\S+)/,
  YugabyteDB: /-YB-(\S+)/,
};

function versionOf(name: EngineName, text: string): string {
  const [, version] = VERSIONS[name]?.exec(text) ?? /^PostgreSQL (\S+)/.exec(text) ?? [];
  return version ?? text;
}

// From the documentation of the engines. Where it is unclear, the slower way is chosen, or the call is rejected.
function abilities(name: EngineName, { versionNum, advisoryLocks, listenNotify }: EngineFacts): Abilities {
  const isPostgres = name === "PostgreSQL" || name === "Citus";
  const isYugabyte = name === "YugabyteDB";
  return {
    // CockroachDB has the functions, which do nothing. YugabyteDB can be configured to ignore them.
    advisoryLocks: isPostgres || (isYugabyte && advisoryLocks === "on"),
    listen: isPostgres || (isYugabyte && listenNotify === "on"),
    copy: isPostgres || isYugabyte,
    temporaryTables: isPostgres || isYugabyte,
    // CockroachDB reports the version of PostgreSQL whose catalogs it has.
    returningOld: (isPostgres || isYugabyte) && versionNum >= 180_000,
    nullsNotDistinct: (isPostgres || isYugabyte) && versionNum >= 150_000,
    savepoints: name !== "Aurora DSQL",
    systemColumns: isPostgres,
  };
}

interface WithEngine {
  readonly engine?: Engine | undefined;
  readonly serverVersionNum: number;
}

/** The name and version of the engine of a snapshot, for messages: `CockroachDB v24.1.0`. */
export function printEngine({ engine, serverVersionNum }: WithEngine): string {
  return engine === undefined
    ? `PostgreSQL ${Math.floor(serverVersionNum / 10_000)}`
    : `${engine.name} ${engine.version}`;
}

/** The abilities of the engine of a snapshot; a stored one without an engine is of PostgreSQL. */
export function abilitiesOf({ engine, serverVersionNum: version }: WithEngine): Abilities {
  return (
    engine?.can ?? { ...POSTGRES, returningOld: version >= 180_000, nullsNotDistinct: version >= 150_000 }
  );
}

const POSTGRES = {
  advisoryLocks: true,
  listen: true,
  copy: true,
  temporaryTables: true,
  savepoints: true,
  systemColumns: true,
};
