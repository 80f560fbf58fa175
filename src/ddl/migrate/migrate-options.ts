/** Where migrations are recorded. */
export interface MigrationLogOptions {
  /** The PostgreSQL schema of the table `rowfn_migration`; `public` by default. */
  readonly schema?: string;
}

/** How `migrate` goes about it. */
export interface MigrateOptions extends MigrationLogOptions {
  /** Only tell what would run. */
  readonly dryRun?: boolean;
  /** Milliseconds to wait while another process migrates; 600,000 by default. */
  readonly wait?: number;
  /** Called before each migration. */
  readonly onMigration?: (name: string) => void;
}

/** The names of migrations, in order. */
export interface Migrated {
  /** Those that ran now. */
  readonly applied: readonly string[];
  /** Those that did not: all that would have run, with `dryRun`. */
  readonly pending: readonly string[];
}

/** A migration and whether it has run. */
export interface MigrationState {
  readonly name: string;
  /** Null while it has not run. */
  readonly appliedAt: Date | null;
}
