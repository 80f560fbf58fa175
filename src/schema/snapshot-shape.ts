import { JS_FORMS } from "./js-types.ts";
import { check, names, relation, relationName, type Shape, sequenceOptions } from "./relation-shape.ts";
import {
  arrayOf,
  boolean,
  integer,
  objectOf,
  oneOf,
  optional,
  orNull,
  recordOf,
  type ShapeCheck,
  text,
  variantOf,
} from "./shape-check.ts";

const sqlFunction = (): ShapeCheck =>
  objectOf({
    signature: text,
    schema: text,
    name: text,
    kind: oneOf("function", "procedure", "aggregate", "window"),
    returns: orNull(text),
    definition: orNull(text),
    comment: optional(text),
    ...dependencies(),
  });

const schemaObject = (): ShapeCheck =>
  objectOf({
    kind: text,
    identity: text,
    definition: orNull(text),
    alteration: optional(text),
    comment: optional(text),
    on: optional(relationName()),
    ...dependencies(),
  });

const dependencies = (): Shape => ({
  uses: arrayOf(relationName()),
  usesFunctions: names(),
  usedBy: arrayOf(relationName()),
});

const typeName = (): Shape => ({ schema: text, name: text, extension: orNull(text), comment: orNull(text) });

const typeShapes = (): Shape => ({
  base: objectOf({ kind: text, ...typeName(), category: text }),
  array: objectOf({ kind: text, ...typeName(), element: text, delimiter: text }),
  enum: objectOf({ kind: text, ...typeName(), labels: names() }),
  domain: objectOf({
    kind: text,
    ...typeName(),
    base: text,
    baseTypmod: integer,
    baseType: text,
    collation: orNull(text),
    notNull: boolean,
    default: orNull(text),
    checks: arrayOf(check()),
  }),
  composite: objectOf({
    kind: text,
    ...typeName(),
    attributes: arrayOf(
      objectOf({ name: text, type: text, typeKey: text, typmod: integer, collation: orNull(text) }),
    ),
  }),
  range: objectOf({
    kind: text,
    ...typeName(),
    subtype: text,
    operatorClass: orNull(text),
    collation: orNull(text),
    canonical: orNull(text),
    subtypeDiff: orNull(text),
  }),
  multirange: objectOf({ kind: text, ...typeName(), range: text }),
});

/** The shape of a whole snapshot. */
export const snapshotShape = (): ShapeCheck =>
  objectOf({
    formatVersion: integer,
    engine: optional(engineShape()),
    serverVersionNum: integer,
    database: text,
    role: text,
    searchPath: names(),
    schemas: names(),
    schemaComments: optional(recordOf(text)),
    relations: arrayOf(relation()),
    types: recordOf(variantOf("kind", typeShapes())),
    sequences: arrayOf(
      objectOf({
        ...sequenceOptions,
        schema: text,
        name: text,
        ownedBy: orNull(objectOf({ schema: text, table: text, column: text })),
        isUnlogged: optional(boolean),
        comment: orNull(text),
      }),
    ),
    extensions: arrayOf(objectOf({ name: text, schema: text, requires: names() })),
    collations: arrayOf(
      objectOf({
        schema: text,
        name: text,
        provider: oneOf("icu", "libc", "builtin"),
        collate: text,
        ctype: text,
        rules: orNull(text),
        deterministic: boolean,
        comment: orNull(text),
      }),
    ),
    hasFunctions: boolean,
    functions: arrayOf(sqlFunction()),
    objects: arrayOf(schemaObject()),
    jsTypes: objectOf({
      ...Object.fromEntries(Object.entries(JS_FORMS).map(([name, forms]) => [name, oneOf(...forms)])),
      columns: recordOf(text),
    }),
    scope: recordOf(recordOf(orNull(text))),
  });

/** The shape of the engine of a stored snapshot. */
const engineShape = (): ShapeCheck =>
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
