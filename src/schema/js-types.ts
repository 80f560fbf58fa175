import { ArgumentError } from "../errors.ts";
import { nearest } from "./nearest.ts";
import { columnOf, findRelation } from "./relation-of.ts";
import type { AnySchema, Column, JsTypes, Relation } from "./snapshot.ts";

/** The forms each type can have in a row; the first is the default. */
export const JS_TYPE_CHOICES: {
  readonly [Type in Exclude<keyof JsTypes, "columns">]: readonly JsTypes[Type][];
} = {
  int8: ["string", "bigint", "number"],
  timestamp: ["Date", "string"],
  timestamptz: ["Date", "string"],
  json: ["parse", "bigint", "string"],
};

const DEFAULT_JS_TYPES: JsTypes = {
  int8: "string",
  timestamp: "Date",
  timestamptz: "Date",
  json: "parse",
  columns: {},
};

/** The defaults with the caller's choices; throws ArgumentError for one that does not exist. */
export function chosenJsTypes(choices: Partial<JsTypes> = {}): JsTypes {
  const { columns = {}, ...types } = choices;
  for (const [type, choice] of Object.entries(types)) {
    if (!Object.hasOwn(JS_TYPE_CHOICES, type)) {
      const known = Object.keys(JS_TYPE_CHOICES);
      throw new ArgumentError(
        `types: ${JSON.stringify(type)} has no choice of forms, only ${known.join(", ")}.${nearest(type, known)}`,
      );
    }
    const forms: readonly string[] = JS_TYPE_CHOICES[type as keyof typeof JS_TYPE_CHOICES];
    if (!forms.includes(choice as string)) {
      throw new ArgumentError(
        `types: ${type} is one of ${forms.map(form => JSON.stringify(form)).join(", ")}`,
      );
    }
  }
  return { ...DEFAULT_JS_TYPES, ...types, columns: { ...columns } };
}

type Choice = keyof typeof JS_TYPE_CHOICES;

/** The snapshot as a column sees it: with the JavaScript form that was chosen for this column alone. */
export function formsOf(schema: AnySchema, relation: Relation, column: Column): AnySchema {
  const form = schema.jsTypes.columns[`${relation.key}.${column.name}`];
  const choice = form === undefined ? undefined : choiceOf(schema, column.typeKey);
  if (choice === undefined) return schema;
  // Types of its own, because codecs are kept by the types they belong to.
  return { ...schema, types: { ...schema.types }, jsTypes: { ...schema.jsTypes, [choice]: form } as JsTypes };
}

/** Makes sure that every column given a form of its own is there and has a choice. */
export function requireColumnForms(schema: AnySchema): void {
  for (const [path, form] of Object.entries(schema.jsTypes.columns)) {
    const table = path.slice(0, path.lastIndexOf("."));
    const relation = findRelation(schema, table);
    if (relation === undefined)
      throw new ArgumentError(
        `types: columns has "table.column" → form, there is no table of ${JSON.stringify(path)}`,
      );
    const column = columnOf(schema, table, path.slice(table.length + 1));
    const choice = choiceOf(schema, column.typeKey);
    const forms: readonly string[] = choice === undefined ? [] : JS_TYPE_CHOICES[choice];
    if (forms.includes(form)) continue;
    throw new ArgumentError(
      forms.length === 0
        ? `types: ${path} is ${column.type}, which has one form only`
        : `types: ${path} is one of ${forms.map(known => JSON.stringify(known)).join(", ")}`,
    );
  }
}

/** Whether a column has this form among those it can be given. */
export function hasForm(schema: AnySchema, column: Column, form: string): boolean {
  const choice = choiceOf(schema, column.typeKey);
  return choice !== undefined && (JS_TYPE_CHOICES[choice] as readonly string[]).includes(form);
}

function choiceOf({ types }: AnySchema, typeKey: string): Choice | undefined {
  let key = typeKey;
  for (let type = types[key]; type?.kind === "domain" || type?.kind === "array"; type = types[key])
    key = type.kind === "domain" ? type.base : type.element;
  if (key === "jsonb") return "json";
  return Object.hasOwn(JS_TYPE_CHOICES, key) ? (key as Choice) : undefined;
}
