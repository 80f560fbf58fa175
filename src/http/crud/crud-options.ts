import type { OptionNames } from "../../schema/arguments.ts";
import type { AnySchema, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { ColumnName, SortName, TableName } from "../../schema/tables.ts";
import type { EventServer } from "../events/event-text.ts";
import type { OpenApiInfo } from "../open-api/open-api-info.ts";
import { QUERY_TABLE_OPTIONS, type QuerySchemaOptions } from "../query/query-rules.ts";

/** The operations that clients may do on a table. Everything that is not listed is rejected. */
export interface CrudTable<Column extends string = string, Sort extends string = Column>
  extends Omit<QuerySchemaOptions<Column, Sort>, "secret"> {
  /** The columns that a client may write; none by default. */
  readonly write?: readonly Column[];
  /** Whether a client may delete rows. */
  readonly delete?: boolean;
  /** A column with the version of a row, as for `update`, not in `write`. A change of a row then requires `If-Match`. */
  readonly version?: Column;
  /** Whether `?stream` sends the changes of the table; it needs the triggers of `watchSql`. */
  readonly stream?: boolean;
}

/** The tables of `crud` and `openApi`. */
export type CrudTables<Tables, Names extends TableName<Tables> = TableName<Tables>> = {
  readonly [Name in Names]?: CrudTable<ColumnName<Tables, Name>, SortName<Tables, Name>>;
};

/** The handlers of `crud` by their paths; those of the tables are known to the compiler. */
export type CrudRoutes<Name extends string, Prefix extends string> = Readonly<Record<string, CrudHandler>> &
  Readonly<Record<`${Prefix}/${Name}`, CrudHandler>>;

/** The operation that a request is about to do. */
export interface CrudAccess {
  readonly table: string;
  readonly operation: CrudOperation;
  /** The primary key, for an operation on one row, also in a batch: a value, or an array in key order. */
  readonly key: unknown;
}

export type CrudOperation = "list" | "get" | "insert" | "update" | "upsert" | "delete" | "stream";

/** Options of `crud`. */
export interface CrudOptions<
  Tables,
  Name extends TableName<Tables> = TableName<Tables>,
  Prefix extends string = string,
> {
  /** Table → what requests can do with it. */
  readonly tables: CrudTables<Tables, Name>;
  /** The snapshot of a request, usually `scope(schema, ...)` of the caller's tenant. */
  readonly scope?: (request: Request) => SchemaSnapshot<Tables> | Promise<SchemaSnapshot<Tables>>;
  /** Called before every operation. It rejects by throwing, such as `RequestError` 401, or by returning a response. */
  readonly authorize?: (request: Request, access: CrudAccess) => unknown;
  /** The beginning of all paths: `/api`. It can have parameters of the router: `/tenants/:tenant`. */
  readonly prefix?: Prefix;
  /** Whether the API has `POST /batch`; true by default. */
  readonly batch?: boolean;
  /** The maximum size of a JSON body in bytes; 1 MiB by default. */
  readonly limit?: number;
  /**
   * Milliseconds for the statements of a request. They are canceled at this time, and when the client has gone. A stream of every
   * row has this time for its first row.
   */
  readonly timeout?: number;
  /** Signs the page tokens. */
  readonly secret?: string;
  /** The milliseconds between the heartbeats of `?stream`; 5,000 by default. */
  readonly heartbeat?: number;
  /** Called with errors that are answered by 500 or 503, and that end a stream; by default `console.error` prints them. */
  readonly onError?: (error: unknown) => void;
  /** Adds `GET /openapi.json`, the document of `openApi`, and `GET /reference`, a page with it that needs no other host. */
  readonly openApi?: OpenApiInfo;
}

/** The handler of a path, for all methods. */
export type CrudHandler = (request: Request, server?: EventServer) => Promise<Response>;

/** The options of `crud` for any tables. */
export type AnyCrudOptions = Omit<CrudOptions<unknown>, "tables" | "scope"> & {
  readonly tables: Readonly<Record<string, CrudTable>>;
  readonly scope?: (request: Request) => AnySchema | Promise<AnySchema>;
};

export const CRUD_OPTIONS: OptionNames<CrudOptions<unknown>> = {
  ...{ tables: "object", scope: true, authorize: true, prefix: true, batch: "boolean", limit: "count" },
  ...{ secret: true, timeout: true, heartbeat: true, onError: true, openApi: true },
};

export const CRUD_TABLE_OPTIONS: OptionNames<CrudTable> = {
  ...QUERY_TABLE_OPTIONS,
  write: "list",
  delete: "boolean",
  version: true,
  stream: "boolean",
};
