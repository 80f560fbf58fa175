import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import { relationId } from "../../schema/relation-name.ts";
import type { AnySchema, CompositeType, DomainType, EnumType, PgType } from "../../schema/snapshot.ts";
import { checkConstraintSql } from "../define/constraint-definition.ts";
import {
  addLabelSql,
  attributeSql,
  createCompositeTypeSql,
  createDomainSql,
  createEnumTypeSql,
  createRangeTypeSql,
} from "../define/type-definition.ts";
import { mentions } from "../expression-columns.ts";
import { type MigrationStep, step, uncertainStep } from "./migration-step.ts";
import { canonicalSignature, multirangeKey } from "./range-types.ts";
import { namesType } from "./type-names.ts";
import { checksOnlyIn, droppedTypes, isReplacedType, type OwnType, type TypePlan } from "./type-plan.ts";

/** Adds labels to enums. They are committed first, because a transaction cannot use its own label (manual, ALTER TYPE). */
export function addLabelSteps({ before, after, altered }: TypePlan): readonly MigrationStep[] {
  return altered.flatMap(key => {
    const [old, now] = [before.get(key), after.get(key)];
    return old?.kind === "enum" && now?.kind === "enum" ? labelSteps(old, now) : [];
  });
}

function labelSteps(before: EnumType, after: EnumType): readonly MigrationStep[] {
  const known = new Set(before.labels);
  return after.labels.flatMap((label, index) => {
    if (known.has(label)) return [];
    const place = index === 0 ? { before: before.labels[0] } : { after: after.labels[index - 1] };
    return [{ text: addLabelSql(after, label, place), transaction: false as const }];
  });
}

/** Drops attributes of composite types, before their types are dropped, and first the checks of domains that may read them. */
export function dropAttributeSteps(from: AnySchema, plan: TypePlan): readonly MigrationStep[] {
  const checks = [...plan.before].flatMap(([key, domain]) =>
    checksInTheWay(from, plan, key).map(({ name }) =>
      step(`ALTER DOMAIN ${quoteName(domain)} DROP CONSTRAINT ${quoteIdentifier(name)}`),
    ),
  );
  const attributes = plan.composites.flatMap(({ type, dropped }) =>
    dropped.map(({ name }) =>
      step(
        `ALTER TYPE ${quoteName(type)} DROP ATTRIBUTE ${quoteIdentifier(name)}`,
        `drops attribute ${name} of type ${type.schema}.${type.name} with its values`,
      ),
    ),
  );
  return [...checks, ...attributes];
}

/** The checks of a domain that read lost attributes of its composite type, or name lost types. */
function checksInTheWay(from: AnySchema, plan: TypePlan, key: string): DomainType["checks"] {
  const domain = plan.before.get(key);
  if (domain?.kind !== "domain") return [];
  const names = droppedAttributes(from, plan, domain.base);
  const isKept = !plan.dropped.includes(key);
  return domain.checks.filter(
    ({ expression }) =>
      mentions(expression, names) || (isKept && namesType(expression, droppedTypes(from, plan))),
  );
}

/** The checks that a remaining domain loses with their comments, also those that it gets again. */
export function lostChecks(from: AnySchema, plan: TypePlan, key: string): ReadonlySet<object> {
  const [old, now] = [plan.before.get(key), plan.after.get(key)];
  if (old?.kind !== "domain" || now?.kind !== "domain") return new Set();
  return new Set([...checksInTheWay(from, plan, key), ...checksOnlyIn(old, now)]);
}

function droppedAttributes(from: AnySchema, plan: TypePlan, key: string): ReadonlySet<string> {
  const type = from.types[key]!;
  if (type.kind === "domain") return droppedAttributes(from, plan, type.base);
  const change = plan.composites.find(one => relationId(one.type) === relationId(type));
  return new Set(change?.dropped.map(({ name }) => name));
}

/** Renames types, so that others can have their names. */
export function renameTypeSteps(from: AnySchema, plan: TypePlan): readonly MigrationStep[] {
  return [...plan.renamed].flatMap(([type, name]) => [
    step(`ALTER ${noun(type)} ${quoteName(type)} RENAME TO ${quoteIdentifier(name)}`),
    ...constructorsInTheWay(from, plan, type).map(parameters =>
      step(`ALTER FUNCTION ${quoteName(type)}(${parameters}) RENAME TO ${quoteIdentifier(name)}`),
    ),
  ]);
}

/** The parameters of the constructors that the new range or multirange of a name has too. */
function constructorsInTheWay({ types }: AnySchema, plan: TypePlan, type: PgType): readonly string[] {
  if (type.kind === "multirange") return [""];
  if (type.kind !== "range" || isReplacedType({ types }, plan.replaced, type.subtype)) return [];
  const bounds = `${quoteName(types[type.subtype]!)}, ${quoteName(types[type.subtype]!)}`;
  return [bounds, `${bounds}, text`];
}

/** Creates a type; only ALTER DOMAIN adds a check that is NOT VALID. */
export function createTypeSteps(to: AnySchema, key: string, type: OwnType): readonly MigrationStep[] {
  const invalid = type.kind === "domain" ? type.checks.filter(({ validated }) => !validated) : [];
  return [
    ...canonicalSteps(to, key, type),
    step(createTypeSql(to, key, type)),
    ...invalid.map(check => step(`ALTER DOMAIN ${quoteName(type)} ADD ${checkConstraintSql(check)}`)),
  ];
}

// The function takes the range type, which uses the function, so that the type first exists by its name alone.
function canonicalSteps(to: AnySchema, key: string, type: OwnType): readonly MigrationStep[] {
  const signature = canonicalSignature(type, key);
  const definition = to.functions.find(one => one.signature === signature)?.definition;
  return definition ? [step(`CREATE TYPE ${quoteName(type)}`), step(definition.trimEnd())] : [];
}

/** Adds attributes to a composite type. */
export function addAttributeSteps(
  type: CompositeType,
  attributes: CompositeType["attributes"],
): readonly MigrationStep[] {
  return attributes.map(attribute =>
    step(`ALTER TYPE ${quoteName(type)} ADD ATTRIBUTE ${attributeSql(attribute)}`),
  );
}

export function alterDomainsSteps(from: AnySchema, plan: TypePlan): readonly MigrationStep[] {
  return [...plan.before].flatMap(([key, old]) => {
    const now = plan.after.get(key);
    if (old.kind !== "domain" || now?.kind !== "domain" || plan.replaced.has(key)) return [];
    const dropped = new Set(checksInTheWay(from, plan, key));
    const checks = old.checks.filter(check => !dropped.has(check));
    const isNewDefault = old.default !== null && namesType(old.default, droppedTypes(from, plan));
    return alterDomainSteps({ ...old, checks, default: isNewDefault ? null : old.default }, now);
  });
}

/** Drops a type, a renamed one under its temporary name. */
export function dropTypeStep({ before, renamed }: TypePlan, key: string): MigrationStep {
  const type = before.get(key)!;
  const name = renamed.get(type) ?? type.name;
  const text = `DROP ${noun(type)} ${quoteName({ schema: type.schema, name })}`;
  const canonical = canonicalSignature(type, key);
  return canonical === undefined
    ? step(text)
    : step(
        `${text} CASCADE`,
        `drops function ${canonical}, and everything else that uses type ${type.schema}.${type.name}`,
      );
}

function alterDomainSteps(before: DomainType, after: DomainType): readonly MigrationStep[] {
  const dropped = checksOnlyIn(before, after);
  const actions = dropped.map(({ name }) => `DROP CONSTRAINT ${quoteIdentifier(name)}`);
  if (before.default !== after.default)
    actions.push(after.default === null ? "DROP DEFAULT" : `SET DEFAULT ${after.default}`);
  if (before.notNull && !after.notNull) actions.push("DROP NOT NULL");
  const stricter = checksOnlyIn(after, before).map(check => `ADD ${checkConstraintSql(check)}`);
  if (after.notNull && !before.notNull) stricter.unshift("SET NOT NULL");
  const alter = `ALTER DOMAIN ${quoteName(after)}`;
  const reason = `${after.schema}.${after.name}: existing values may not pass`;
  return [
    ...actions.map(action => step(`${alter} ${action}`)),
    ...stricter.map(action => uncertainStep(`${alter} ${action}`, reason)),
  ];
}

function createTypeSql(to: AnySchema, key: string, type: OwnType): string {
  switch (type.kind) {
    case "enum":
      return createEnumTypeSql(type);
    case "domain":
      return createDomainSql(type);
    case "composite":
      return createCompositeTypeSql(type);
    case "range":
      return createRangeTypeSql(type, to.types[type.subtype]!, to.types[multirangeKey(to, key) ?? ""]);
  }
}

function noun({ kind }: PgType): "DOMAIN" | "TYPE" {
  return kind === "domain" ? "DOMAIN" : "TYPE";
}
