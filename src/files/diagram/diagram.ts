import { type OptionNames, requireOptions, requireSnapshot } from "../../schema/arguments.ts";
import type { SchemaSnapshot } from "../../schema/snapshot.ts";
import type { TableName } from "../../schema/tables.ts";
import { formatError } from "../file-format.ts";
import { dotDiagram } from "./dot.ts";
import { mermaidDiagram } from "./mermaid.ts";
import { diagramModel } from "./model.ts";
import { svgDiagram } from "./svg.ts";

/** Options of `diagram`. */
export interface DiagramOptions<Table extends string = string> {
  /** Mermaid's `erDiagram`, Graphviz DOT, or an SVG image. */
  readonly format: "mermaid" | "dot" | "svg";
  /** The tables in the diagram; all tables except partitions by default. */
  readonly tables?: readonly Table[];
}

const DIAGRAM_OPTIONS: OptionNames<DiagramOptions> = { format: true, tables: "list" };

/**
 * Draws an entity-relationship diagram: tables with their columns, types and keys, and the foreign keys between them.
 * @param schema a snapshot
 * @param options the format, the tables
 * @returns the diagram's text
 * @throws UnknownNameError if a table does not exist; ArgumentError if the format is unknown
 * @example `diagram(schema, { format: "mermaid", tables: ["genre"] })` → `'erDiagram\n  t0["genre"] {\n    integer genre_id PK\n    text name\n  }\n'`
 */
export function diagram<Tables>(
  schema: SchemaSnapshot<Tables>,
  options: DiagramOptions<TableName<Tables>>,
): string {
  requireSnapshot(schema);
  requireOptions("diagram", options ?? null, DIAGRAM_OPTIONS);
  const { format, tables } = options;
  const draw = { mermaid: mermaidDiagram, dot: dotDiagram, svg: svgDiagram }[format];
  if (draw === undefined) throw formatError(["mermaid", "dot", "svg"], format);
  return draw(diagramModel(schema, tables));
}
