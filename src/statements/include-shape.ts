import { isPlainObject } from "../schema/arguments.ts";
import type { Include, IncludeOptions } from "./include.ts";
import { orderTermShape } from "./order.ts";
import { nameShape } from "./statement.ts";

/**
 * Everything that the relations of an include depend on, apart from the filters; undefined if a part, such as raw SQL, has
 * no shape.
 */
export function includeShape(include: unknown): string | undefined {
  return objectShape(include, options => (options === true ? "" : objectShape(options, optionShape)));
}

function objectShape(
  object: unknown,
  shapeOf: (value: unknown, name: string) => string | undefined,
): string | undefined {
  if (!isPlainObject(object)) return undefined;
  let shape = "{";
  for (const name in object) {
    const part = shapeOf(object[name], name);
    if (part === undefined) return undefined;
    shape += `${nameShape(name)}:${part},`;
  }
  return `${shape}}`;
}

function optionShape(value: unknown, option: string): string | undefined {
  if (option === "where" || value === undefined) return "-";
  if (option === "include") return includeShape(value);
  if (option === "on") return objectShape(value, scalarShape);
  if (option === "orderBy") return listShape(Array.isArray(value) ? value : [value], orderTermShape);
  return Array.isArray(value) ? listShape(value, scalarShape) : scalarShape(value);
}

function listShape(
  list: readonly unknown[],
  shapeOf: (item: unknown) => string | undefined,
): string | undefined {
  let shape = "[";
  for (const item of list) {
    const part = shapeOf(item);
    if (part === undefined) return undefined;
    shape += `${part},`;
  }
  return `${shape}]`;
}

function scalarShape(value: unknown): string | undefined {
  if (typeof value === "string") return nameShape(value);
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

/** A copy, which the program cannot change, of an include that has a shape, without its filters. */
export function withoutFilters(include: Include): Include {
  const entries = Object.entries(include);
  return Object.fromEntries(
    entries.map(([name, options]) => [name, options === true ? true : copyOptions(options)]),
  );
}

function copyOptions({ where: _, include, select, orderBy, on, ...scalars }: IncludeOptions): IncludeOptions {
  return {
    ...scalars,
    ...(include && { include: withoutFilters(include) }),
    ...(select && { select: [...select] }),
    ...(orderBy !== undefined && { orderBy: Array.isArray(orderBy) ? [...orderBy] : orderBy }),
    ...(on && { on: { ...on } }),
  };
}

/** Whether a relation of an include has a filter. */
export function hasFilters(include: Include): boolean {
  return Object.values(include).some(
    options => options !== true && (options.where !== undefined || hasFilters(options.include ?? {})),
  );
}
