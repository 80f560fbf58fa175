import { ArgumentError } from "../../errors.ts";
import { abilitiesOf, printEngine } from "../../schema/engine.ts";
import type { AnySchema } from "../../schema/snapshot.ts";

/** The option `nullsNotDistinct` of a unique key; throws ArgumentError if the engine of the snapshot lacks it. */
export function equalNulls(schema: AnySchema, table: string, given: boolean | undefined): boolean {
  if (given !== true || abilitiesOf(schema).nullsNotDistinct) return given ?? false;
  throw new ArgumentError(
    `${table}: nullsNotDistinct requires NULLS NOT DISTINCT, which ${printEngine(schema)} lacks; declare the columns NOT NULL`,
  );
}
