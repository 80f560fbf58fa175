import { JS_TYPE_CHOICES } from "./js-types.ts";
import {
  listOf,
  objectOf,
  oneOf,
  orNull,
  recordOf,
  type ShapeCheck,
  text,
  wholeNumber,
  yesOrNo,
} from "./shape-check.ts";

// Functions all the way, so that nothing is made at import and a bundler can leave all of it out.
type Shape = Readonly<Record<string, ShapeCheck>>;

const names = (): ShapeCheck => listOf(text);
const relationName = (): ShapeCheck => objectOf({ schema: text, name: text });
const privileges = { select: yesOrNo, insert: yesOrNo, update: yesOrNo };
const action = (): ShapeCheck => oneOf("noAction", "restrict", "cascade", "setNull", "setDefault");

const sequenceOptions = {
  type: text,
  start: text,
  increment: text,
  minimum: text,
  maximum: text,
  cache: text,
  cycle: yesOrNo,
};

const column = (): ShapeCheck =>
  objectOf({
    name: text,
    position: wholeNumber,
    type: text,
    typeKey: text,
    typmod: wholeNumber,
    dimensions: wholeNumber,
    notNull: yesOrNo,
    nullOnRead: oneOf("never", "possible", "unknown"),
    default: orNull(text),
    identity: orNull(oneOf("always", "byDefault")),
    identityOptions: orNull(objectOf(sequenceOptions)),
    generated: orNull(oneOf("stored", "virtual")),
    generationExpression: orNull(text),
    collation: orNull(text),
    comment: orNull(text),
    privileges: objectOf(privileges),
    updatable: yesOrNo,
    isInherited: yesOrNo,
  });

const index = (): Shape => ({
  name: text,
  columns: listOf(orNull(text)),
  expressions: names(),
  keyOptions: names(),
  include: names(),
  predicate: orNull(text),
  method: text,
  options: names(),
  valid: yesOrNo,
  comment: orNull(text),
});

const uniqueKey = (): ShapeCheck =>
  objectOf({
    ...index(),
    isConstraint: yesOrNo,
    deferrable: yesOrNo,
    initiallyDeferred: yesOrNo,
    nullsNotDistinct: yesOrNo,
    period: yesOrNo,
    conflictTarget: oneOf("doUpdate", "doNothingOnly", "none"),
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
    deferrable: yesOrNo,
    initiallyDeferred: yesOrNo,
    validated: yesOrNo,
    enforced: yesOrNo,
    period: yesOrNo,
    comment: orNull(text),
  });

const check = (): ShapeCheck =>
  objectOf({
    name: text,
    columns: names(),
    expression: text,
    validated: yesOrNo,
    enforced: yesOrNo,
    noInherit: yesOrNo,
    comment: orNull(text),
  });

const relation = (): ShapeCheck =>
  objectOf({
    schema: text,
    name: text,
    key: text,
    kind: oneOf("table", "partitioned", "view", "materializedView", "foreign"),
    persistence: oneOf("permanent", "unlogged", "temporary"),
    isVisible: yesOrNo,
    isPartition: yesOrNo,
    partitionKey: orNull(text),
    partitionBound: orNull(text),
    parents: listOf(relationName()),
    comment: orNull(text),
    options: names(),
    definition: orNull(text),
    dependsOn: listOf(relationName()),
    privileges: objectOf({ ...privileges, delete: yesOrNo }),
    updatable: objectOf({ insert: yesOrNo, update: yesOrNo, delete: yesOrNo }),
    rowSecurity: oneOf("off", "on", "forced"),
    rowSecurityActive: yesOrNo,
    policies: wholeNumber,
    triggers: objectOf({ insert: yesOrNo, update: yesOrNo, delete: yesOrNo, instead: yesOrNo }),
    hasRules: yesOrNo,
    columns: listOf(column()),
    primaryKey: orNull(uniqueKey()),
    uniqueKeys: listOf(uniqueKey()),
    indexes: listOf(objectOf(index())),
    foreignKeys: listOf(foreignKey()),
    checks: listOf(check()),
    exclusions: listOf(
      objectOf({ name: text, definition: text, deferrable: yesOrNo, comment: orNull(text) }),
    ),
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
    baseTypmod: wholeNumber,
    baseType: text,
    collation: orNull(text),
    notNull: yesOrNo,
    default: orNull(text),
    checks: listOf(check()),
  }),
  composite: objectOf({
    kind: text,
    ...typeName(),
    attributes: listOf(objectOf({ name: text, type: text, typeKey: text, typmod: wholeNumber })),
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
    formatVersion: wholeNumber,
    serverVersionNum: wholeNumber,
    database: text,
    role: text,
    searchPath: names(),
    schemas: names(),
    relations: listOf(relation()),
    types: recordOf(type()),
    sequences: listOf(
      objectOf({
        ...sequenceOptions,
        schema: text,
        name: text,
        ownedBy: orNull(objectOf({ schema: text, table: text, column: text })),
        comment: orNull(text),
      }),
    ),
    jsTypes: objectOf({
      ...Object.fromEntries(Object.entries(JS_TYPE_CHOICES).map(([name, forms]) => [name, oneOf(...forms)])),
      columns: recordOf(text),
    }),
    scope: recordOf(recordOf(orNull(text))),
  });
