import type { Column } from "../schema/snapshot.ts";

/** A system column, which no snapshot lists: `ctid` of type `tid`. It is only read. */
export function systemColumn(name: string, type: string): Column {
  return {
    ...{ name, type, typeKey: type, typmod: -1, position: 0, collation: null, comment: null },
    ...{ notNull: true, nullOnRead: "never", default: null, identity: null, identityOptions: null },
    ...{ generated: null, generationExpression: null, updatable: false, isInherited: false },
    privileges: { select: true, insert: false, update: false },
  };
}
