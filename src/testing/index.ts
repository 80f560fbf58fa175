export { startPostgres } from "./start-postgres.ts";
export { testDatabase } from "./test-database.ts";
export { rollback } from "./rollback.ts";
export type { PostgresServer, StartPostgresOptions } from "./start-postgres.ts";
export type { TestDatabase, TestDatabaseOptions } from "./test-database.ts";
