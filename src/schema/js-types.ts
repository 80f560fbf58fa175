import { ArgumentError } from "../errors.ts";
import { choiceText, shownValue } from "./arguments.ts";
import { columnPath, parseColumnPath } from "./column-path.ts";
import { nearest } from "./nearest.ts";
import { columnOf, findRelation } from "./relation-of.ts";
import type { AnySchema, Column, JsTypes, Relation } from "./snapshot.ts";

type TypeWithForms = Exclude<keyof JsTypes, "columns">;

/** The JavaScript forms of each type that has more than one; the first is the default. */
export const JS_FORMS: { readonly [Type in TypeWithForms]: readonly JsTypes[Type][] } = {
  int8: ["string", "bigint", "number"],
  timestamp: ["Date", "string"],
  timestamptz: ["Date", "string"],
  json: ["parse", "bigint", "string"],
};

/** The default forms with the caller's choices; throws ArgumentError for an invalid choice. */
export function chooseJsTypes(choices: Partial<JsTypes> = {}): JsTypes {
  const { columns = {}, ...types } = choices;
  for (const [type, form] of Object.entries(types)) requireForm(type, form as string);
  const defaults = Object.fromEntries(Object.entries(JS_FORMS).map(([type, [first]]) => [type, first]));
  return { ...defaults, ...types, columns: { ...columns } } as JsTypes;
}

function requireForm(type: string, form: string): void {
  if (!Object.hasOwn(JS_FORMS, type)) {
    const known = Object.keys(JS_FORMS);
    throw new ArgumentError(
      `types: ${JSON.stringify(type)} has only one JavaScript form; choose forms of ${known.join(", ")}${nearest(type, known)}`,
    );
  }
  const forms: readonly string[] = JS_FORMS[type as TypeWithForms];
  if (!forms.includes(form)) throw formError(type, forms, form);
}

function formError(what: string, forms: readonly string[], form: unknown): ArgumentError {
  return new ArgumentError(`types: ${what} must be ${choiceText(forms)}, received ${shownValue(form)}`);
}

/** The snapshot for one column: with the JavaScript form that was chosen for this column alone. */
export function formsOf(schema: AnySchema, relation: Relation, column: Column): AnySchema {
  const form = schema.jsTypes.columns[columnPath(relation, column.name)];
  const type = form === undefined ? undefined : findTypeWithForms(schema, column.typeKey);
  if (type === undefined) return schema;
  // A copy of the types, because codecs are cached by the object of the types.
  return { ...schema, types: { ...schema.types }, jsTypes: { ...schema.jsTypes, [type]: form } as JsTypes };
}

/**
 * The snapshot with the forms by the path of each column. Throws ArgumentError if a form is chosen for a column that does not
 * exist or does not have the form.
 */
export function withChosenForms<Schema extends AnySchema>(schema: Schema): Schema {
  const columns: Record<string, string> = {};
  for (const [given, form] of Object.entries(schema.jsTypes.columns)) {
    const path = requireFormOfColumn(schema, given, form);
    if (Object.hasOwn(columns, path))
      throw new ArgumentError(`types: columns: ${path} is given twice; remove one`);
    columns[path] = form;
  }
  return withForms(schema, columns);
}

function requireFormOfColumn(schema: AnySchema, path: string, form: string): string {
  const { table = "", column: name = "" } = parseColumnPath(path) ?? {};
  const relation = findRelation(schema, table);
  if (relation === undefined)
    throw new ArgumentError(
      `types: columns: table ${JSON.stringify(table)} does not exist; write a column as "table.column", or as 'table."col.umn"' if its name has a dot`,
    );
  const column = columnOf(schema, table, name);
  const type = findTypeWithForms(schema, column.typeKey);
  if (type === undefined)
    throw new ArgumentError(`types: ${path} has type ${column.type}, which has only one JavaScript form`);
  if (!hasForm(schema, column, form)) throw formError(path, JS_FORMS[type], form);
  return columnPath(relation, column.name);
}

function withForms<Schema extends AnySchema>(
  schema: Schema,
  columns: Readonly<Record<string, string>>,
): Schema {
  const jsTypes = Object.freeze({ ...schema.jsTypes, columns: Object.freeze(columns) });
  return Object.freeze({ ...schema, jsTypes });
}

/** Whether a column can have a form. */
export function hasForm(schema: AnySchema, column: Column, form: string): boolean {
  const type = findTypeWithForms(schema, column.typeKey);
  return type !== undefined && (JS_FORMS[type] as readonly string[]).includes(form);
}

// The type of a domain's values or of an array's elements.
function findTypeWithForms({ types }: AnySchema, typeKey: string): TypeWithForms | undefined {
  let key = typeKey;
  for (let type = types[key]; type?.kind === "domain" || type?.kind === "array"; type = types[key])
    key = type.kind === "domain" ? type.base : type.element;
  if (key === "jsonb") return "json";
  return Object.hasOwn(JS_FORMS, key) ? (key as TypeWithForms) : undefined;
}

/** The snapshot with JavaScript forms for columns of a table; a form that the column's type has not is left out. */
export function withColumnForms<Schema extends AnySchema>(
  schema: Schema,
  relation: Relation,
  forms: Readonly<Record<string, string | undefined>>,
): Schema {
  const chosen = relation.columns.flatMap(({ name, typeKey }) => {
    const form = Object.hasOwn(forms, name) ? forms[name] : undefined;
    const type = findTypeWithForms(schema, typeKey);
    const isOther = type !== undefined && schema.jsTypes[type] !== form;
    return isOther && (JS_FORMS[type] as readonly unknown[]).includes(form)
      ? [[columnPath(relation, name), form]]
      : [];
  });
  return withForms(schema, { ...schema.jsTypes.columns, ...Object.fromEntries(chosen) });
}
