// `rowfn/statements`: the pure SQL builders of reading and writing.

export type { Aggregate } from "./aggregate.ts";
export { asRoleSql, type RoleOptions } from "./as-role-sql.ts";
export { absentRowsSql } from "./bulk-rows.ts";
export { type CopyStatement, copySql } from "./copy-in-sql.ts";
export { countSql, estimateCountSql, existsSql, type FilterOptions } from "./count-sql.ts";
export { type CursorStatements, cursorSql } from "./cursor-sql.ts";
export {
  type DeleteManySqlOptions,
  type DeleteManyStatement,
  type DeleteWhereOptions,
  deleteManySql,
  deleteRowSql,
  deleteWhereSql,
} from "./delete-sql.ts";
export { querySql } from "./fragment-sql.ts";
export { type GetOptions, getManySql, getSql } from "./get-sql.ts";
export { type GroupOptions, groupBySql } from "./group-by-sql.ts";
export { insertManySql, insertSql } from "./insert-sql.ts";
export { type LinkRows, type LinkRowsOptions, linkRows } from "./link-rows.ts";
export { type LockName, type LockOptions, lockSql } from "./lock.ts";
export { newColumnsSql } from "./new-columns-sql.ts";
export { type PageOptions, type PageStatement, pageSql } from "./page-sql.ts";
export type { ReturningOptions } from "./returning.ts";
export { rowsWhereSql, type SelectOptions } from "./rows-where-sql.ts";
export type { OutputColumn, RowStatement, Statement } from "./statement.ts";
export { type TruncateSqlOptions, truncateSql } from "./truncate-sql.ts";
export { type UpdateManySqlOptions, type UpdateManyStatement, updateManySql } from "./update-many-sql.ts";
export { type UpdateWhereOptions, updateSql, updateWhereSql } from "./update-sql.ts";
export { type StagedUpsert, stagedUpsertSql, upsertManySql } from "./upsert-many-sql.ts";
export {
  type UpsertOptions,
  type UpsertRowSqlOptions,
  type UpsertStatement,
  upsertSql,
} from "./upsert-sql.ts";
