import { ArgumentError, UnknownNameError } from "../../errors.ts";
import { nearest } from "../../schema/nearest.ts";
import type { AnySchema, EnumType } from "../../schema/snapshot.ts";
import { userTypeKey } from "./column-type.ts";

/** Returns the enum; throws UnknownNameError if it does not exist, ArgumentError if it is a type of another kind. */
export function enumNamed(schema: AnySchema, name: string): EnumType {
  const key = userTypeKey(schema, name);
  const type = key === undefined ? undefined : schema.types[key];
  if (type?.kind === "enum") return type;
  if (type !== undefined) throw new ArgumentError(`${name} is a ${type.kind} type, not an enum`);
  const enums = Object.values(schema.types).filter(({ kind }) => kind === "enum");
  const names = enums.map(one => one.name);
  throw new UnknownNameError(`enum ${JSON.stringify(name)} does not exist${nearest(name, names)}`);
}
