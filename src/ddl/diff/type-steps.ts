import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import type { AnySchema, MultirangeType, PgType, RelationName } from "../../schema/snapshot.ts";
import { chosenName } from "../define/identifier.ts";
import {
  createCompositeType,
  createDomain,
  createEnumType,
  createRangeType,
} from "../define/type-definition.ts";
import { addAttribute, attributeChanges, dropAttribute } from "./composite-steps.ts";
import { alterDomain } from "./domain-steps.ts";
import { addedLabels } from "./enum-steps.ts";
import { type MigrationStep, step } from "./migration-step.ts";
import type { OwnType, TypePlan } from "./type-plan.ts";

/** New labels of enums that stay. */
export function enumLabelSteps({ before, after, altered }: TypePlan): readonly MigrationStep[] {
  return altered.flatMap(key => {
    const [old, now] = [before.get(key), after.get(key)];
    return old?.kind === "enum" && now?.kind === "enum" ? addedLabels(old, now) : [];
  });
}

/** Attributes that go, before the types they have. */
export function attributeDropSteps(to: AnySchema, plan: TypePlan): readonly MigrationStep[] {
  return compositeChanges(to, plan).flatMap(({ type, dropped }) =>
    dropped.map(attribute => dropAttribute(type, attribute)),
  );
}

/** Replaced types make room for the new ones of their names. */
export function typeRenameSteps(from: AnySchema, plan: TypePlan): readonly MigrationStep[] {
  return replacedNames(from, plan).map(({ type, name }) =>
    step(`ALTER ${word(type)} ${quoteName(type)} RENAME TO ${quoteIdentifier(name)}`),
  );
}

/** New types, and what changes of those that stay. */
export function typeSteps(to: AnySchema, plan: TypePlan): readonly MigrationStep[] {
  return [
    ...plan.made.map(key => step(createType(to, key, plan.after.get(key)!))),
    ...plan.altered.flatMap(key => {
      const [old, now] = [plan.before.get(key), plan.after.get(key)];
      return old?.kind === "domain" && now?.kind === "domain" ? alterDomain(old, now) : [];
    }),
    ...compositeChanges(to, plan).flatMap(({ type, added }) =>
      added.map(attribute => addAttribute(type, attribute)),
    ),
  ];
}

/** Types that are gone, the replaced ones under their other names. */
export function typeDropSteps(from: AnySchema, plan: TypePlan): readonly MigrationStep[] {
  const renamed = new Map(replacedNames(from, plan).map(({ type, name }) => [type, name]));
  return plan.gone.map(key => {
    const type = plan.before.get(key)!;
    return step(
      `DROP ${word(type)} ${quoteName({ schema: type.schema, name: renamed.get(type) ?? type.name })}`,
    );
  });
}

function compositeChanges(
  to: AnySchema,
  { before, after, altered, replaced }: TypePlan,
): readonly ({ readonly type: OwnType & { kind: "composite" } } & ReturnType<typeof attributeChanges>)[] {
  const keys = new Set([...altered, ...after.keys()]);
  return [...keys].flatMap(key => {
    const [old, now] = [before.get(key), after.get(key)];
    if (old?.kind !== "composite" || now?.kind !== "composite" || replaced.has(key)) return [];
    return [{ type: now, ...attributeChanges(to, replaced, old, now) }];
  });
}

/** What replaced types, and the multiranges of replaced ranges, are called until they are dropped. */
function replacedNames(
  from: AnySchema,
  { replaced, before }: TypePlan,
): readonly { readonly type: PgType; readonly name: string }[] {
  const taken = new Set(Object.values(from.types).map(({ name }) => name));
  return [...replaced]
    .flatMap(key => {
      const multirange = multirangeOf(from, key);
      return [before.get(key)!, ...(multirange === undefined ? [] : [multirange])];
    })
    .map(type => {
      const name = chosenName(type.name, [], "old", taken);
      taken.add(name);
      return { type, name };
    });
}

function createType(to: AnySchema, key: string, type: OwnType): string {
  switch (type.kind) {
    case "enum":
      return createEnumType(type);
    case "domain":
      return createDomain(type);
    case "composite":
      return createCompositeType(type);
    case "range":
      return createRangeType(type, nameOfType(to, type.subtype), multirangeOf(to, key));
  }
}

function nameOfType({ types }: AnySchema, key: string): RelationName {
  return types[key]!;
}

function multirangeOf({ types }: AnySchema, range: string): MultirangeType | undefined {
  return Object.values(types).find(
    (type): type is MultirangeType => type.kind === "multirange" && type.range === range,
  );
}

function word({ kind }: PgType): "DOMAIN" | "TYPE" {
  return kind === "domain" ? "DOMAIN" : "TYPE";
}
