export { rollback } from "./rollback.ts";
export { type PostgresServer, type StartPostgresOptions, startPostgres } from "./start-postgres.ts";
export type { Template } from "./template.ts";
export {
  type HandleOptions,
  type TestDatabase,
  type TestDatabaseOptions,
  testDatabase,
} from "./test-database.ts";
