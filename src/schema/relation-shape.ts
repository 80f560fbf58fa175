import {
  arrayOf,
  boolean,
  integer,
  objectOf,
  oneOf,
  optional,
  orNull,
  type ShapeCheck,
  text,
} from "./shape-check.ts";

// Functions, so that importing creates nothing and a bundler can leave out all of it.
export type Shape = Readonly<Record<string, ShapeCheck>>;

export const names = (): ShapeCheck => arrayOf(text);
export const relationName = (): ShapeCheck => objectOf({ schema: text, name: text });
const privileges = { select: boolean, insert: boolean, update: boolean };
const action = (): ShapeCheck => oneOf("noAction", "restrict", "cascade", "setNull", "setDefault");

export const sequenceOptions: Shape = {
  type: text,
  start: text,
  increment: text,
  minimum: text,
  maximum: text,
  cache: text,
  cycle: boolean,
};

const settings = (): ShapeCheck => optional(arrayOf(objectOf({ name: text, set: text, reset: text })));

const column = (): ShapeCheck =>
  objectOf({
    name: text,
    position: integer,
    type: text,
    typeKey: text,
    typmod: integer,
    notNull: boolean,
    notNullNoInherit: optional(boolean),
    nullOnRead: oneOf("never", "possible", "unknown"),
    default: orNull(text),
    identity: orNull(oneOf("always", "byDefault")),
    identityOptions: orNull(objectOf(sequenceOptions)),
    generated: orNull(oneOf("stored", "virtual")),
    generationExpression: orNull(text),
    collation: orNull(text),
    settings: settings(),
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
    indexComment: optional(text),
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

export const check = (): ShapeCheck =>
  objectOf({
    name: text,
    columns: names(),
    expression: text,
    validated: boolean,
    enforced: boolean,
    noInherit: boolean,
    comment: orNull(text),
  });

const exclusion = (): ShapeCheck =>
  objectOf({
    name: text,
    definition: text,
    deferrable: boolean,
    comment: orNull(text),
    indexComment: optional(text),
  });

export const relation = (): ShapeCheck =>
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
    settings: settings(),
    definition: orNull(text),
    dependsOn: arrayOf(relationName()),
    privileges: objectOf({ ...privileges, delete: boolean }),
    updatable: objectOf({ insert: boolean, update: boolean, delete: boolean }),
    ...{ rowSecurityEnabled: boolean, rowSecurityForced: boolean, rowSecurityActive: boolean },
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
        comment: optional(text),
      }),
    ),
    hasRules: boolean,
    columns: arrayOf(column()),
    primaryKey: orNull(uniqueKey()),
    uniqueKeys: arrayOf(uniqueKey()),
    indexes: arrayOf(objectOf(index())),
    foreignKeys: arrayOf(foreignKey()),
    checks: arrayOf(check()),
    exclusions: arrayOf(exclusion()),
    distribution: optional(objectOf({ column: orNull(text), group: text, declared: optional(boolean) })),
  });
