import type { Relation, SchemaSnapshot } from "../../index.ts";
import { type Finding, ok, warning } from "./finding.ts";

/** What the snapshot says about the role and the tables. */
export function schemaFindings(schema: SchemaSnapshot): readonly Finding[] {
  return [privileges(schema), rowSecurity(schema), primaryKeys(schema), unvalidated(schema)];
}

function privileges({ relations, role }: SchemaSnapshot): Finding {
  const readable = relations.filter(({ columns }) => columns.some(column => column.privileges.select));
  const writable = relations.filter(
    ({ privileges, updatable }) =>
      (privileges.insert && updatable.insert) || (privileges.update && updatable.update),
  );
  const text = `${role} may read ${readable.length} and write ${writable.length} of ${relations.length} tables and views`;
  const hidden = relations.filter(relation => !readable.includes(relation));
  return hidden.length === 0
    ? ok("privileges", text)
    : warning("privileges", `${text}; not ${listed(hidden.map(({ key }) => key))}`);
}

function rowSecurity({ relations, role }: SchemaSnapshot): Finding {
  const secured = relations.filter(relation => relation.rowSecurity !== "off");
  const passed = secured.filter(relation => !relation.rowSecurityActive);
  if (passed.length === 0) return ok("row security", `on ${secured.length} tables`);
  return warning(
    "row security",
    `does not hold for ${role}, who owns the table, is a superuser or bypasses it: ${listed(passed.map(({ key }) => key))}`,
  );
}

function primaryKeys({ relations }: SchemaSnapshot): Finding {
  const without = relations.filter(relation => isTable(relation) && relation.primaryKey === null);
  return without.length === 0
    ? ok("primary keys", "on every table")
    : warning("primary keys", `none on ${listed(without.map(({ key }) => key))}: get and update need one`);
}

function unvalidated({ relations }: SchemaSnapshot): Finding {
  const names = relations.flatMap(({ key, checks, foreignKeys }) =>
    [...checks, ...foreignKeys].filter(({ validated }) => !validated).map(({ name }) => `${key}.${name}`),
  );
  return names.length === 0
    ? ok("constraints", "all validated")
    : warning("constraints", `rows that are there may break ${listed(names)}: validate the constraint`);
}

function isTable({ kind, isPartition }: Relation): boolean {
  return (kind === "table" || kind === "partitioned") && !isPartition;
}

const SHOWN = 5;

function listed(names: readonly string[]): string {
  const rest = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : "";
  return `${names.slice(0, SHOWN).join(", ")}${rest}`;
}
