// `rowfn/ddl`: functions that change tables, types and views, migrations, and their pure SQL builders.

export { MigrationError } from "../errors.ts";
export type { ChangedTable, RenamedTable, WithoutTable, WithTable } from "../schema/changed-table.ts";
export type { ChangeOptions } from "./change-schema.ts";
export type { ColumnEntries, TableEntries } from "./define/column-entries.ts";
export type { ColumnEntry } from "./define/column-entry.ts";
export type { ForeignKeyEntry, ForeignKeyOptions } from "./define/foreign-key-entry.ts";
export type { IndexEntry, IndexKey, IndexKeyOptions, IndexOptions } from "./define/index-definition.ts";
export type { TableOptions, UniqueEntry } from "./define/table-options.ts";
export { type MigrationSqlOptions, migrationSql } from "./diff/migration-sql.ts";
export { type MigrationStep, stepsText } from "./diff/migration-step.ts";
export { schemaSql } from "./diff/schema-sql.ts";
export {
  type MigrateOptions,
  type MigrateResult,
  type MigrationState,
  type MigrationStatusOptions,
  migrate,
  migrationStatus,
} from "./migrate/migrate.ts";
export { type MigrateDownOptions, migrateDown } from "./migrate/migrate-down.ts";
export type { Migration, MigrationFunction } from "./migrate/migration.ts";
export { newMigration } from "./migrate/new-migration.ts";
export { attachPartition, attachPartitionSql } from "./partitions/attach-partition.ts";
export {
  type CreatePartitionsOptions,
  createPartitions,
  createPartitionsSql,
} from "./partitions/create-partitions.ts";
export {
  type DetachPartitionOptions,
  detachPartition,
  detachPartitionSql,
} from "./partitions/detach-partition.ts";
export type { PartitionUnit } from "./partitions/period.ts";
export {
  type AddColumnOptions,
  addColumn,
  addColumnSql,
} from "./tables/add-column.ts";
export {
  type AddEnumValueOptions,
  addEnumValue,
  addEnumValueSql,
} from "./tables/add-enum-value.ts";
export { type AddForeignKeyOptions, addForeignKey, addForeignKeySql } from "./tables/add-foreign-key.ts";
export { type AddSearchOptions, addSearch, addSearchSql } from "./tables/add-search.ts";
export {
  type CreateEnumOptions,
  createEnum,
  createEnumSql,
} from "./tables/create-enum.ts";
export {
  type CreateFromRowsOptions,
  createFromRows,
  createFromRowsSql,
} from "./tables/create-from-rows.ts";
export {
  type CreateIndexOptions,
  createIndex,
  createIndexSql,
} from "./tables/create-index.ts";
export {
  type CreateLinkTableOptions,
  createLinkTable,
  createLinkTableSql,
} from "./tables/create-link-table.ts";
export {
  type CreateTableOptions,
  type CreateTableSqlOptions,
  createTable,
  createTableSql,
} from "./tables/create-table.ts";
export {
  type CreateViewOptions,
  createView,
  createViewSql,
} from "./tables/create-view.ts";
export { type DropColumnOptions, dropColumn, dropColumnSql } from "./tables/drop-column.ts";
export { type DropEnumOptions, dropEnum, dropEnumSql } from "./tables/drop-enum.ts";
export {
  type DropIndexOptions,
  dropIndex,
  dropIndexSql,
} from "./tables/drop-index.ts";
export {
  type DropTableOptions,
  dropTable,
  dropTableSql,
} from "./tables/drop-table.ts";
export { type DropViewOptions, dropView, dropViewSql } from "./tables/drop-view.ts";
export {
  type DuplicateTableOptions,
  duplicateTable,
  duplicateTableSql,
} from "./tables/duplicate-table.ts";
export { type ExtractOptions, extract, extractSql } from "./tables/extract.ts";
export { type MissingIndex, missingForeignKeyIndexes } from "./tables/missing-foreign-key-indexes.ts";
export {
  type RefreshViewOptions,
  refreshView,
  refreshViewSql,
} from "./tables/refresh-view.ts";
export { renameColumn, renameColumnSql } from "./tables/rename-column.ts";
export { renameTable, renameTableSql } from "./tables/rename-table.ts";
export type { RetypeEntry, TableChanges, TransformTableOptions } from "./transform/table-changes.ts";
export { transformTable, transformTableSql } from "./transform/transform-table.ts";
