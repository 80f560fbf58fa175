export { describeHandle } from "./driver/describe-handle.ts";
export type { Limits, ListeningHandle, SqlHandle } from "./driver/handle.ts";
export { withConnection } from "./driver/with-connection.ts";
export { withDefaults } from "./driver/with-defaults.ts";
export {
  ArgumentError,
  CursorError,
  LockedError,
  NotFoundError,
  NotUniqueError,
  QueryError,
  RowfnError,
  ScopeError,
  SettingsError,
  SnapshotError,
  StaleError,
  TimeoutError,
  UnknownNameError,
  UnknownOutcomeError,
  ValueError,
} from "./errors.ts";
export { type ReplicaOptions, replicas } from "./replicas/replicas.ts";
export { ConstraintError } from "./rows/constraint-error.ts";
export { type CountOptions, count, type ExistsOptions, exists } from "./rows/count.ts";
export {
  type DeleteManyOptions,
  type DeleteRowsOptions,
  deleteMany,
  deleteRow,
  deleteWhere,
} from "./rows/delete.ts";
export { exec, script } from "./rows/exec.ts";
export { type GetManyOptions, type GetRowOptions, get, getMany, getOrThrow } from "./rows/get.ts";
export { type Group, type GroupByOptions, groupBy } from "./rows/group-by.ts";
export {
  type Insertable,
  type InsertedRow,
  type InsertOptions,
  insert,
  type WriteRowOptions,
  type Written,
} from "./rows/insert.ts";
export {
  type Inserted,
  type InsertedRows,
  type InsertManyOptions,
  insertMany,
} from "./rows/insert-many.ts";
export { type LinkManyOptions, link } from "./rows/link.ts";
export { type LookupOptions, lookup } from "./rows/lookup.ts";
export { nest } from "./rows/nest.ts";
export type { AlterOptions, WithSchema } from "./rows/new-columns.ts";
export type { AcceptedRow, OverridingOptions } from "./rows/overriding.ts";
export { type Page, type PageOf, type PageRowsOptions, page } from "./rows/page.ts";
export { item, type QueryOptions, q, qOne } from "./rows/query.ts";
export { type LoadRowOptions, type RowLoader, rowLoader } from "./rows/row-loader.ts";
export { pksAndRowsWhere, type RowsOptions, rowsAndCount, rowsWhere } from "./rows/rows-where.ts";
export type { OnStatement, Runnable, RunOptions } from "./rows/run.ts";
export { run } from "./rows/run-statement.ts";
export { type SelectOneOptions, selectOne } from "./rows/select-one.ts";
export { type StreamOptions, streamRows } from "./rows/stream-rows.ts";
export { type TruncateOptions, truncate } from "./rows/truncate.ts";
export {
  type UpdateRowOptions,
  type UpdateRowsOptions,
  update,
  updateWhere,
} from "./rows/update.ts";
export {
  type UpdatedMany,
  type UpdatedRows,
  type UpdateManyOptions,
  updateMany,
} from "./rows/update-many.ts";
export { type UpsertRowOptions, upsert } from "./rows/upsert.ts";
export { type UpsertManyOptions, upsertMany } from "./rows/upsert-many.ts";
export type { ConstraintKind, TableColumns } from "./rows/violation.ts";
export { assertFresh } from "./schema/assert-fresh.ts";
export { type Connection, type ConnectOptions, connect } from "./schema/connect.ts";
export type { Distribution } from "./schema/distribution.ts";
export type { Abilities, Engine, EngineName } from "./schema/engine.ts";
export { EXACT_SETTINGS } from "./schema/exact-settings.ts";
export { fingerprint } from "./schema/fingerprint.ts";
export type { Included, WithIncluded } from "./schema/included.ts";
export { type LoadOptions, loadSchema } from "./schema/load-schema.ts";
export {
  checks,
  columnsInfo,
  enumValues,
  foreignKeys,
  hasColumn,
  hasTable,
  type NameOptions,
  pkCols,
  quote,
  type TableNameOptions,
  tableNames,
  uniqueKeys,
  viewNames,
} from "./schema/look-ups.ts";
export type { NestedInsert, NestedResult } from "./schema/nested-types.ts";
export {
  type Comments,
  columnDefaults,
  comments,
  type IndexInfo,
  indexes,
  sequences,
  triggers,
  viewDefinition,
} from "./schema/object-look-ups.ts";
export { parseSchema } from "./schema/parse-schema.ts";
export type { PartitionOptions } from "./schema/partitions.ts";
export type { ArrayType, BaseType, CompositeType, DomainType, EnumType } from "./schema/pg-type.ts";
export { type Referrer, referencedBy } from "./schema/referrers.ts";
export type {
  Index,
  Privileges,
  RelationName,
  Sequence,
  SequenceOptions,
  Trigger,
} from "./schema/relation.ts";
export { schemaDiff } from "./schema/schema-diff.ts";
export type { Collation, Extension, SchemaObject, SqlFunction } from "./schema/schema-object.ts";
export type {
  ScopedTables,
  Stamped,
  UnknownRules,
  UnscopedTables,
  WithoutScope,
} from "./schema/scoped-tables.ts";
export type { Setting } from "./schema/setting.ts";
export type {
  Check,
  Column,
  Exclusion,
  ForeignKey,
  JsTypes,
  MultirangeType,
  PgType,
  RangeType,
  Relation,
  SchemaSnapshot,
  UniqueKey,
} from "./schema/snapshot.ts";
export type {
  AggregateValue,
  ColumnName,
  FilterOf,
  InsertOf,
  InTable,
  KeyOf,
  KeyRowOf,
  KeyValueOf,
  RelationType,
  RowKeyOf,
  RowOf,
  SortName,
  TableName,
  TableTypes,
  UpdateOf,
  WideTable,
  WideTables,
} from "./schema/tables.ts";
export type { Aggregate } from "./statements/aggregate.ts";
export { type Alias, alias } from "./statements/alias.ts";
export type { RoleOptions } from "./statements/as-role-sql.ts";
export { and, every, none, not, or, some } from "./statements/combinations.ts";
export {
  type Declarations,
  type DeclaredForeignKey,
  type DeclaredKeys,
  declare,
} from "./statements/declare.ts";
export type { DeclaredTables, KeyOfColumns } from "./statements/declared-tables.ts";
export type {
  ColumnFilters,
  Combination,
  Content,
  Operator,
  Pattern,
  TextSearch,
  Where,
} from "./statements/filter.ts";
export {
  col,
  excluded,
  expr,
  type Fragment,
  old,
  type Reference,
  table,
  type UpsertReference,
} from "./statements/fragment.ts";
export type { SearchOptions } from "./statements/full-text.ts";
export type { Include, IncludeOptions } from "./statements/include.ts";
export type { InsertInclude, InsertIncludeOptions } from "./statements/insert-nodes.ts";
export type { LockName, LockOptions, RowLockOptions } from "./statements/lock.ts";
export type { Nest } from "./statements/nest.ts";
export {
  between,
  containedBy,
  contains,
  distinctFrom,
  eq,
  gt,
  gte,
  hasKey,
  ilike,
  isNull,
  like,
  lt,
  lte,
  matches,
  ne,
  noneOf,
  notNull,
  oneOf,
  overlaps,
  search,
} from "./statements/operators.ts";
export { asc, byRelevance, desc, type Order, type OrderBy, type OrderOptions } from "./statements/order.ts";
export { type IdentityTables, overrideIdentity } from "./statements/override-identity.ts";
export type { LinkOptions } from "./statements/relation-link.ts";
export { type ScopeOptions, type ScopeRules, scope, unscoped } from "./statements/scope.ts";
export type { Statement } from "./statements/statement.ts";
export type { QueryEvent, Redact } from "./tracing/query-event.ts";
export { type TraceOptions, traced } from "./tracing/traced.ts";
export { afterCommit } from "./transactions/after-commit.ts";
export { asRole } from "./transactions/as-role.ts";
export { type TransactionWork, transaction } from "./transactions/transaction.ts";
export type { TransactionOptions } from "./transactions/transaction-options.ts";
export { withLock } from "./transactions/with-lock.ts";
export type { NestedArray } from "./types/array.ts";
export type { Box, Circle, Line, LineSegment, Path, Point, Polygon } from "./types/geometry.ts";
export type { Json, JsonArray, JsonObject, JsonWithBigints } from "./types/json.ts";
export { type JsonNull, jsonNull } from "./types/json.ts";
export type { Range } from "./types/range.ts";
export type { RangeBounds } from "./types/range-literal.ts";
export { type FilterOperator, type FilterSchemaOptions, filterSchema } from "./validate/filter-schema.ts";
export type { JsonSchemaMethods } from "./validate/json-schema.ts";
export { type Refinement, refine } from "./validate/refine.ts";
export { insertSchema, rowSchema, type SchemaOptions, updateSchema } from "./validate/schemas.ts";
export type { TableSchema } from "./validate/table-schema.ts";
export { type Validated, validateInsert, validateUpdate } from "./validate/validate-rows.ts";
export { ValidationError } from "./validate/validation-error.ts";
