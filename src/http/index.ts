// `rowfn/http`: from a table to HTTP. Pure functions for every router with `Request` and `Response`.

export { type BodyRowsOptions, bodyRows } from "./body/body-rows.ts";
export { type BodyOptions, readBody } from "./body/read-body.ts";
export { crud } from "./crud/crud.ts";
export type {
  CrudAccess,
  CrudHandler,
  CrudOperation,
  CrudOptions,
  CrudRoutes,
  CrudTable,
  CrudTables,
} from "./crud/crud-options.ts";
export {
  type Changes,
  type ChangesOptions,
  type EventStreamOptions,
  eventStream,
} from "./events/event-stream.ts";
export type { EventServer } from "./events/event-text.ts";
export { ifMatch } from "./if-match.ts";
export { type OpenApiDocument, type OpenApiOptions, openApi } from "./open-api/open-api.ts";
export type { OpenApiInfo } from "./open-api/open-api-info.ts";
export { type ProblemOptions, problem } from "./problem/problem.ts";
export type { FilterNames } from "./query/filter-names.ts";
export { keySchema } from "./query/key-schema.ts";
export { nextUrl, type PageTokens } from "./query/next-url.ts";
export type { QueryOperator } from "./query/query-operators.ts";
export type { QuerySchemaOptions } from "./query/query-rules.ts";
export { type Query, type QuerySchema, querySchema } from "./query/query-schema.ts";
export { RequestError } from "./request-error.ts";
export { type RespondOptions, type Rows, respond } from "./response/respond.ts";
export { type RequestSession, type SessionOptions, sessionOf } from "./session-of.ts";
