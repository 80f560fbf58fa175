/** The distribution of a table's rows over the nodes of a cluster. */
export interface Distribution {
  /** The column whose value decides which node has a row; null for a reference table, which every node has. */
  readonly column: string | null;
  /** Tables of one group have rows with equal values of their distribution columns on the same node. */
  readonly group: string;
  /** Whether `declare` stated it. */
  readonly declared?: boolean;
}
