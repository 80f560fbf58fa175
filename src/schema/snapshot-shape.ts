import { engineShape } from "./engine-shape.ts";
import { JS_FORMS } from "./js-types.ts";
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
} from "./shape-check.ts";

// Functions, so that importing creates nothing and a bundler can leave out all of it.
type Shape = Readonly<Record<string, ShapeCheck>>;

const names = (): ShapeCheck => arrayOf(text);
const relationName = (): ShapeCheck => objectOf({ schema: text, name: text });
const privileges = { select: boolean, insert: boolean, update: boolean };
const action = (): ShapeCheck => oneOf("noAction", "restrict", "cascade", "setNull", "setDefault");

const sequenceOptions = {
  type: text,
  start: text,
  increment: text,
  minimum: text,
  maximum: text,
  cache: text,
  cycle: boolean,
};

const column = (): ShapeCheck =>
  objectOf({
    name: text,
    position: integer,
    type: text,
    typeKey: text,
    typmod: integer,
    notNull: boolean,
    nullOnRead: oneOf("never", "possible", "unknown"),
    default: orNull(text),
    identity: orNull(oneOf("always", "byDefault")),
    identityOptions: orNull(objectOf(sequenceOptions)),
    generated: orNull(oneOf("stored", "virtual")),
    generationExpression: orNull(text),
    collation: orNull(text),
    comment: orNull(text),
    privileges: objectOf(privileges),
    updatable: boolean,
    isInherited: boolean,
  });

const index = (): Shape => ({
  name: text,
  columns: arrayOf(orNull(text)),
  expressions: names(),
  keyOptions: names(),
  include: names(),
  predicate: orNull(text),
  method: text,
  options: names(),
  valid: boolean,
  comment: orNull(text),
});

const uniqueKey = (): ShapeCheck =>
  objectOf({
    ...index(),
    isConstraint: boolean,
    deferrable: boolean,
    initiallyDeferred: boolean,
    nullsNotDistinct: boolean,
    period: boolean,
    conflictTarget: oneOf("doUpdate", "doNothingOnly", "none"),
    declared: optional(boolean),
  });

const foreignKey = (): ShapeCheck =>
  objectOf({
    name: text,
    columns: names(),
    references: objectOf({ schema: text, name: text, columns: names() }),
    onUpdate: action(),
    onDelete: action(),
    deleteSetColumns: orNull(names()),
    match: oneOf("simple", "full"),
    deferrable: boolean,
    initiallyDeferred: boolean,
    validated: boolean,
    enforced: boolean,
    period: boolean,
    isInherited: boolean,
    comment: orNull(text),
    declared: optional(boolean),
  });

const check = (): ShapeCheck =>
  objectOf({
    name: text,
    columns: names(),
    expression: text,
    validated: boolean,
    enforced: boolean,
    noInherit: boolean,
    comment: orNull(text),
  });

const relation = (): ShapeCheck =>
  objectOf({
    schema: text,
    name: text,
    key: text,
    kind: oneOf("table", "partitioned", "view", "materializedView", "foreign"),
    persistence: oneOf("permanent", "unlogged", "temporary"),
    extension: orNull(text),
    isVisible: boolean,
    isPartition: boolean,
    partitionKey: orNull(text),
    partitionBound: orNull(text),
    parents: arrayOf(relationName()),
    comment: orNull(text),
    options: names(),
    definition: orNull(text),
    dependsOn: arrayOf(relationName()),
    privileges: objectOf({ ...privileges, delete: boolean }),
    updatable: objectOf({ insert: boolean, update: boolean, delete: boolean }),
    rowSecurity: oneOf("off", "on", "forced"),
    rowSecurityActive: boolean,
    policies: integer,
    triggers: objectOf({
      ...{ insert: boolean, update: boolean, delete: boolean, instead: boolean },
      fillsInsert: boolean,
    }),
    userTriggers: arrayOf(
      objectOf({
        name: text,
        function: text,
        columns: names(),
        state: oneOf("enabled", "disabled", "replica", "always"),
        definition: text,
      }),
    ),
    hasRules: boolean,
    columns: arrayOf(column()),
    primaryKey: orNull(uniqueKey()),
    uniqueKeys: arrayOf(uniqueKey()),
    indexes: arrayOf(objectOf(index())),
    foreignKeys: arrayOf(foreignKey()),
    checks: arrayOf(check()),
    exclusions: arrayOf(
      objectOf({ name: text, definition: text, deferrable: boolean, comment: orNull(text) }),
    ),
  });

const sqlFunction = (): ShapeCheck =>
  objectOf({
    signature: text,
    schema: text,
    name: text,
    kind: oneOf("function", "procedure", "aggregate", "window"),
    returns: orNull(text),
    definition: orNull(text),
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
    attributes: arrayOf(objectOf({ name: text, type: text, typeKey: text, typmod: integer })),
  }),
  range: objectOf({ kind: text, ...typeName(), subtype: text }),
  multirange: objectOf({ kind: text, ...typeName(), range: text }),
});

function type(): ShapeCheck {
  const shapes = typeShapes();
  const kindOf = oneOf(...Object.keys(shapes));
  return (value, place) => {
    const kind = typeof value === "object" && value !== null && "kind" in value ? String(value.kind) : "";
    kindOf(kind, `${place}.kind`);
    shapes[kind]!(value, place);
  };
}

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
    relations: arrayOf(relation()),
    types: recordOf(type()),
    sequences: arrayOf(
      objectOf({
        ...sequenceOptions,
        schema: text,
        name: text,
        ownedBy: orNull(objectOf({ schema: text, table: text, column: text })),
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
    jsTypes: objectOf({
      ...Object.fromEntries(Object.entries(JS_FORMS).map(([name, forms]) => [name, oneOf(...forms)])),
      columns: recordOf(text),
    }),
    scope: recordOf(recordOf(orNull(text))),
  });
