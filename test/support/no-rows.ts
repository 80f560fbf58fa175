import { COLUMN_OPERATOR_NAMES } from "../../src/statements/column-operators.ts";

/**
 * The functions whose scope is tested in a separate file: `watch` needs a pool and triggers
 * (test/queues/watch.test.ts).
 */
export const ELSEWHERE: readonly string[] = ["watch"];

function names(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}

/** The functions of `rowfn`, `rowfn/files` and `rowfn/queues` that send nothing. */
export const SEND_NOTHING: readonly string[] = [
  ...COLUMN_OPERATOR_NAMES,
  // Filters, orders and raw SQL.
  ...names("and or not some none every asc desc byRelevance expr col table old excluded alias nest"),
  // The snapshot.
  ...names("parseSchema snapshotJson fingerprint schemaDiff scope unscoped refine declare overrideIdentity"),
  // Look-ups.
  ...names(`
    tableNames viewNames hasTable hasColumn columnsInfo columnDefaults pkCols uniqueKeys foreignKeys
    referencedBy indexes triggers checks sequences comments enumValues viewDefinition quote
  `),
  // Validation.
  ...names("rowSchema insertSchema updateSchema filterSchema validateInsert validateUpdate"),
  // Handles.
  ...names("describeHandle traced withDefaults replicas afterCommit"),
  // Jobs, files.
  ...names("giveUp retryLater diagram formatRows generateModule"),
];

/** The functions that neither read nor write rows of a table. */
export const NO_ROWS: readonly string[] = [
  ...SEND_NOTHING,
  // The SQL comes only from the caller.
  "script",
  ...names(`
    migrate migrationStatus migrateDown createPartitions attachPartition detachPartition newMigration
    stepsText channel asRole withConnection missingForeignKeyIndexes transaction withLock connect
    loadSchema assertFresh
  `),
];
