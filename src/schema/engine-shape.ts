import { boolean, objectOf, oneOf, type ShapeCheck, text } from "./shape-check.ts";

/** The shape of the engine of a stored snapshot. */
export const engineShape = (): ShapeCheck =>
  objectOf({
    name: oneOf("PostgreSQL", "Citus", "CockroachDB", "YugabyteDB", "Aurora DSQL"),
    version: text,
    isStandby: boolean,
    can: objectOf({
      ...{ advisoryLocks: boolean, listen: boolean, copy: boolean },
      ...{ temporaryTables: boolean, returningOld: boolean, nullsNotDistinct: boolean },
      ...{ savepoints: boolean, systemColumns: boolean },
    }),
  });
