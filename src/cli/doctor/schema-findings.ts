import { missingForeignKeyIndexes } from "../../ddl/index.ts";
import { quote, type Relation, type SchemaSnapshot } from "../../index.ts";
import { isWholeTable } from "../../schema/partitions.ts";
import { quoteIdentifier } from "../../schema/quote.ts";
import { isSameName } from "../../schema/relation.ts";
import { isInvokerOption } from "../../schema/storage-options.ts";
import { type Finding, ok, warning } from "./finding.ts";
import type { ServerFacts } from "./server-findings.ts";

/** Findings about the role and the tables of a snapshot. */
export function schemaFindings(schema: SchemaSnapshot, facts: ServerFacts): readonly Finding[] {
  return [
    privileges(schema),
    rowSecurity(schema, facts),
    ...securedViews(schema),
    primaryKeys(schema),
    validatedConstraints(schema),
    foreignKeyIndexes(schema),
  ];
}

function privileges(schema: SchemaSnapshot): Finding {
  const { relations, role } = schema;
  // A table without columns has only the privilege of the table.
  const readable = relations.filter(
    ({ columns, privileges }) => privileges.select || columns.some(column => column.privileges.select),
  );
  const writable = relations.filter(
    ({ privileges, updatable }) =>
      (privileges.insert && updatable.insert) || (privileges.update && updatable.update),
  );
  const text = `${role} can read ${readable.length} and write ${writable.length} of ${relations.length} tables and views`;
  const hidden = relations.filter(relation => !readable.includes(relation));
  if (hidden.length === 0) return ok("privileges", text);
  return warning("privileges", `${text}; reading these fails: ${namesOf(hidden)}; run as their owner`, [
    `grant usage on schema ${list([...new Set(hidden.map(relation => quoteIdentifier(relation.schema)))])} to ${quoteIdentifier(role)};`,
    `grant select on ${list(quotedNames(schema, hidden))} to ${quoteIdentifier(role)};`,
  ]);
}

function rowSecurity(schema: SchemaSnapshot, facts: ServerFacts): Finding {
  const { relations, role } = schema;
  const secured = relations.filter(relation => relation.rowSecurityEnabled);
  const bypassed = secured.filter(relation => !relation.rowSecurityActive);
  if (bypassed.length === 0) return ok("row security", `enabled on ${secured.length} tables`);
  const names = namesOf(bypassed);
  if (facts.bypasses_row_security)
    return warning(
      "row security",
      `not applied to ${role}, a superuser or role with BYPASSRLS; policies have no effect on ${names}; connect as an ordinary role`,
    );
  return warning(
    "row security",
    `not applied to ${role}, the owner; policies have no effect on ${names}`,
    quotedNames(schema, bypassed).map(name => `alter table ${name} force row level security;`),
  );
}

// A view reads its tables with the rights of its owner, whom the policies do not restrict if it owns the tables.
function securedViews(schema: SchemaSnapshot): readonly Finding[] {
  const { relations } = schema;
  const isSecured = ({ dependsOn }: Relation): boolean =>
    relations.some(
      one => dependsOn.some(name => isSameName(name, one)) && (one.rowSecurityEnabled || isSecured(one)),
    );
  const views = relations.filter(
    relation => relation.kind === "view" && !relation.options.some(isInvokerOption) && isSecured(relation),
  );
  if (views.length === 0) return [];
  return [
    warning(
      "row security views",
      `not applied to the readers of ${namesOf(views)}, but to the owner of the view; PostgreSQL 15 or later can apply it to the reader`,
      quotedNames(schema, views).map(name => `alter view ${name} set (security_invoker = true);`),
    ),
  ];
}

function primaryKeys(schema: SchemaSnapshot): Finding {
  const without = schema.relations.filter(relation => isWholeTable(relation) && relation.primaryKey === null);
  if (without.length === 0) return ok("primary keys", "on every table");
  return warning(
    "primary keys",
    `missing on ${namesOf(without)}; get and update need a primary key`,
    // An identity column of a partitioned table needs PostgreSQL 17, and its key the partition columns.
    without.filter(({ kind }) => kind === "table").map(relation => identityKeySql(schema, relation)),
  );
}

function identityKeySql(schema: SchemaSnapshot, { key, columns }: Relation): string {
  const names = new Set(columns.map(({ name }) => name));
  let column = "id";
  while (names.has(column)) column = `row_${column}`;
  return `alter table ${quote(schema, key)} add column ${quoteIdentifier(column)} bigint generated always as identity primary key;`;
}

function validatedConstraints(schema: SchemaSnapshot): Finding {
  const constraints = schema.relations.flatMap(({ key, checks, foreignKeys }) =>
    [...checks, ...foreignKeys].filter(({ validated }) => !validated).map(({ name }) => ({ key, name })),
  );
  if (constraints.length === 0) return ok("constraints", "all validated");
  return warning(
    "constraints",
    `not validated: ${shortList(constraints.map(({ key, name }) => `${key}.${name}`))}; existing rows may violate them; correct such rows, then run`,
    constraints.map(
      ({ key, name }) => `alter table ${quote(schema, key)} validate constraint ${quoteIdentifier(name)};`,
    ),
  );
}

// PostgreSQL creates no index for a foreign key (manual 5.5.5).
function foreignKeyIndexes(schema: SchemaSnapshot): Finding {
  const missing = missingForeignKeyIndexes(schema);
  if (missing.length === 0) return ok("foreign key indexes", "on every foreign key");
  return warning(
    "foreign key indexes",
    `${missing.length} missing; deleting a referenced row reads the whole referencing table`,
    missing.map(
      ({ table, columns }) =>
        `create index on ${quote(schema, table)} (${list(columns.map(quoteIdentifier))});`,
    ),
  );
}

const SHOWN_NAMES = 5;

function namesOf(relations: readonly Relation[]): string {
  return shortList(relations.map(({ key }) => key));
}

function shortList(names: readonly string[]): string {
  const rest = names.length > SHOWN_NAMES ? ` and ${names.length - SHOWN_NAMES} more` : "";
  return `${list(names.slice(0, SHOWN_NAMES))}${rest}`;
}

function quotedNames(schema: SchemaSnapshot, relations: readonly Relation[]): readonly string[] {
  return relations.map(({ key }) => quote(schema, key));
}

function list(items: readonly string[]): string {
  return items.join(", ");
}
