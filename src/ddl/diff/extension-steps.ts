import { quoteIdentifier, quoteLiteral, quoteName } from "../../schema/quote.ts";
import { relationId } from "../../schema/relation-name.ts";
import type { AnySchema, Collation, Extension } from "../../schema/snapshot.ts";
import { dependencyOrder } from "./compare.ts";
import { type MigrationStep, step } from "./migration-step.ts";

/** Creates extensions, each after the extensions that it requires, and moves existing extensions to their schemas. */
export function createExtensionSteps(from: AnySchema, to: AnySchema): readonly MigrationStep[] {
  const steps = requiredFirst(to).flatMap(extension => {
    const existing = from.extensions.find(({ name }) => name === extension.name);
    if (existing?.schema === extension.schema) return [];
    const name = quoteIdentifier(extension.name);
    const place = quoteIdentifier(extension.schema);
    const moved = step(`ALTER EXTENSION ${name} SET SCHEMA ${place}`);
    return [{ schema: extension.schema, step: existing === undefined ? createExtension(extension) : moved }];
  });
  const others = new Set(steps.map(({ schema }) => schema).filter(name => !isThere(to, name)));
  return [...[...others].map(createOtherSchema), ...steps.map(one => one.step)];
}

function isThere({ schemas }: AnySchema, name: string): boolean {
  return ["pg_catalog", "public", ...schemas].includes(name);
}

// A snapshot of some schemas has all extensions, such as those of Supabase in the schema "extensions".
function createOtherSchema(name: string): MigrationStep {
  return step(`CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(name)}`);
}

/** Drops extensions, each before those that it requires. */
export function dropExtensionSteps(from: AnySchema, to: AnySchema): readonly MigrationStep[] {
  const remaining = new Set(to.extensions.map(({ name }) => name));
  return requiredFirst(from)
    .filter(({ name }) => !remaining.has(name))
    .reverse()
    .map(({ name }) =>
      step(`DROP EXTENSION ${quoteIdentifier(name)}`, `drops extension ${name} with the data of its tables`),
    );
}

function requiredFirst({ extensions }: AnySchema): readonly Extension[] {
  return dependencyOrder(extensions, ({ requires }) =>
    extensions.filter(({ name }) => requires.includes(name)),
  );
}

// CASCADE creates what only a later version of the extension requires.
function createExtension({ name, schema }: Extension): MigrationStep {
  return step(
    `CREATE EXTENSION IF NOT EXISTS ${quoteIdentifier(name)} WITH SCHEMA ${quoteIdentifier(schema)} CASCADE`,
  );
}

/** Creates the collations that are new. */
export function createCollationSteps(from: AnySchema, to: AnySchema): readonly MigrationStep[] {
  return onlyIn(to, from).map(collation => step(createCollationSql(collation)));
}

/** Drops the collations that are gone. */
export function dropCollationSteps(from: AnySchema, to: AnySchema): readonly MigrationStep[] {
  return onlyIn(from, to).map(collation => step(`DROP COLLATION ${quoteName(collation)}`));
}

function onlyIn({ collations }: AnySchema, other: AnySchema): readonly Collation[] {
  const known = new Set(other.collations.map(relationId));
  return collations.filter(collation => !known.has(relationId(collation)));
}

function createCollationSql(collation: Collation): string {
  const { provider, collate, ctype, rules, deterministic } = collation;
  const parts = [
    `PROVIDER = ${provider}`,
    ...(collate === ctype
      ? [`LOCALE = ${quoteLiteral(collate)}`]
      : [`LC_COLLATE = ${quoteLiteral(collate)}`, `LC_CTYPE = ${quoteLiteral(ctype)}`]),
    ...(rules === null ? [] : [`RULES = ${quoteLiteral(rules)}`]),
    ...(deterministic ? [] : ["DETERMINISTIC = false"]),
  ];
  return `CREATE COLLATION ${quoteName(collation)} (${parts.join(", ")})`;
}
