// The pure builders: the SQL of every function, without a database.

export { type AddColumnSqlOptions, addColumnSql } from "../ddl/add-column-sql.ts";
export { type AddEnumValueSqlOptions, addEnumValueSql } from "../ddl/add-enum-value-sql.ts";
export { addForeignKeySql } from "../ddl/add-foreign-key-sql.ts";
export { type CreateEnumSqlOptions, createEnumSql } from "../ddl/create-enum-sql.ts";
export { type CreateFromRowsSqlOptions, createFromRowsSql } from "../ddl/create-from-rows-sql.ts";
export { type CreateIndexSqlOptions, createIndexSql } from "../ddl/create-index-sql.ts";
export { type CreateLinkTableSqlOptions, createLinkTableSql } from "../ddl/create-link-table-sql.ts";
export { type CreateTableSqlOptions, createTableSql } from "../ddl/create-table-sql.ts";
export { type CreateViewSqlOptions, createViewSql } from "../ddl/create-view-sql.ts";
export { dropColumnSql } from "../ddl/drop-column-sql.ts";
export { type DropIndexSqlOptions, dropIndexSql } from "../ddl/drop-index-sql.ts";
export { type DropTableSqlOptions, dropTableSql } from "../ddl/drop-table-sql.ts";
export { dropViewSql } from "../ddl/drop-view-sql.ts";
export { type DuplicateTableSqlOptions, duplicateTableSql } from "../ddl/duplicate-table-sql.ts";
export { type ExtractSqlOptions, extractSql } from "../ddl/extract-sql.ts";
export { type RefreshViewSqlOptions, refreshViewSql } from "../ddl/refresh-view-sql.ts";
export { renameColumnSql } from "../ddl/rename-column-sql.ts";
export { renameTableSql } from "../ddl/rename-table-sql.ts";
export { type TransformTableSqlOptions, transformTableSql } from "../ddl/transform/transform-table-sql.ts";
export { type ClaimSqlOptions, claimSql } from "../queues/claim-sql.ts";
export { unwakeSql, wakeSql } from "../queues/wake-sql.ts";
export { unwatchSql, watchSql } from "../queues/watch-sql.ts";
export { absentRowsSql } from "./absent-rows-sql.ts";
export type { Aggregate } from "./aggregate.ts";
export { asRoleSql, type RoleOptions } from "./as-role-sql.ts";
export { type CopyStatement, copySql } from "./copy-sql.ts";
export { countSql, estimateCountSql, existsSql, type FilterOptions } from "./count-sql.ts";
export { type CursorStatements, cursorSql } from "./cursor-sql.ts";
export { type DeleteWhereOptions, deleteRowSql, deleteWhereSql } from "./delete-sql.ts";
export { type GetOptions, getManySql, getSql } from "./get-sql.ts";
export { type GroupOptions, groupBySql } from "./group-by-sql.ts";
export { insertManySql } from "./insert-many-sql.ts";
export { insertSql } from "./insert-sql.ts";
export { type LinkRows, type LinkRowsOptions, linkRows } from "./link-rows.ts";
export { type LockName, type LockOptions, lockSql } from "./lock-sql.ts";
export { type PageOptions, type PageStatement, pageSql } from "./page-sql.ts";
export { querySql } from "./query-sql.ts";
export type { ReturningOptions } from "./returning.ts";
export { rowsWhereSql, type SelectOptions } from "./rows-where-sql.ts";
export type { OutputColumn, RowStatement, Statement } from "./statement.ts";
export { type UpdateManySqlOptions, type UpdateManyStatement, updateManySql } from "./update-many-sql.ts";
export { type UpdateWhereOptions, updateSql, updateWhereSql } from "./update-sql.ts";
export { type StagedUpsert, stagedUpsertSql, upsertManySql } from "./upsert-many-sql.ts";
export {
  type UpsertOptions,
  type UpsertRowSqlOptions,
  type UpsertStatement,
  upsertSql,
} from "./upsert-sql.ts";
