import { ArgumentError } from "../../errors.ts";
import type { SchemaSnapshot } from "../../schema/snapshot.ts";
import type { TableName } from "../../schema/tables.ts";
import { dotDiagram } from "./dot.ts";
import { mermaidDiagram } from "./mermaid.ts";
import { diagramModel } from "./model.ts";
import { svgDiagram } from "./svg.ts";

/** What `diagram` draws. */
export interface DiagramOptions<Table extends string = string> {
  /** Mermaid's `erDiagram`, Graphviz' DOT, or a picture that a browser shows. */
  readonly format: "mermaid" | "dot" | "svg";
  /** The tables to draw; all tables but partitions by default. */
  readonly tables?: readonly Table[];
}

/**
 * An entity diagram: tables with their columns, types and keys, and the foreign keys between them.
 * @param schema a snapshot
 * @param options the format, which tables
 * @returns the diagram's text
 * @throws UnknownNameError for an unknown table; ArgumentError for an unknown format
 * @example `diagram(schema, { format: "mermaid", tables: ["genre"] })` → `'erDiagram\n  t0["genre"] {\n    integer genre_id PK\n    text name\n  }\n'`
 */
export function diagram<Tables>(
  schema: SchemaSnapshot<Tables>,
  options: DiagramOptions<TableName<Tables>>,
): string {
  const { format, tables } = options;
  const draw = { mermaid: mermaidDiagram, dot: dotDiagram, svg: svgDiagram }[format];
  if (draw === undefined)
    throw new ArgumentError(`format is one of mermaid, dot, svg, received ${JSON.stringify(format)}`);
  return draw(diagramModel(schema, tables));
}
