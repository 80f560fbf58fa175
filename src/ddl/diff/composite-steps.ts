import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import type { AnySchema, CompositeType } from "../../schema/snapshot.ts";
import { isSame } from "./matched.ts";
import { type MigrationStep, step } from "./migration-step.ts";
import { isReplacedType } from "./type-plan.ts";

type Attribute = CompositeType["attributes"][number];

/** What ALTER TYPE does to the attributes: PostgreSQL changes no attribute that a table has, and adds behind the last. */
export interface AttributeChanges {
  readonly dropped: readonly Attribute[];
  readonly added: readonly Attribute[];
}

export function attributeChanges(
  to: AnySchema,
  replaced: ReadonlySet<string>,
  before: CompositeType,
  after: CompositeType,
): AttributeChanges {
  const stays = (attribute: Attribute): boolean =>
    !isReplacedType(to, replaced, attribute.typeKey) &&
    before.attributes.some(known => isSame(known, attribute));
  const order = before.attributes.filter(({ name }) =>
    after.attributes.some(attribute => attribute.name === name && stays(attribute)),
  );
  const kept = after.attributes.findIndex((attribute, index) => order[index]?.name !== attribute.name);
  const first = kept === -1 ? after.attributes.length : kept;
  const names = new Set(after.attributes.slice(0, first).map(({ name }) => name));
  return {
    dropped: before.attributes.filter(({ name }) => !names.has(name)),
    added: after.attributes.slice(first),
  };
}

export function dropAttribute(type: CompositeType, { name }: Attribute): MigrationStep {
  return step(
    `ALTER TYPE ${quoteName(type)} DROP ATTRIBUTE ${quoteIdentifier(name)}`,
    `drops attribute ${name} of type ${type.schema}.${type.name} with its values`,
  );
}

export function addAttribute(composite: CompositeType, { name, type }: Attribute): MigrationStep {
  return step(`ALTER TYPE ${quoteName(composite)} ADD ATTRIBUTE ${quoteIdentifier(name)} ${type}`);
}
