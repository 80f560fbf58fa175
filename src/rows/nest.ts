import type { InsertInclude } from "../statements/insert-nodes.ts";
import { type Nest, newNest } from "../statements/nest.ts";
import { insertTree, insertTrees } from "./insert-tree.ts";

const WRITER = { insertOne: insertTree, insertMany: insertTrees };

/**
 * The relations whose rows are nested in rows to insert, for `include` of `insert`, `insertMany` and `insertSchema`.
 * @param relations relation → `true` or options: `table`, `by`, `many` and `on` as for reading, `select` for the columns of the
 * stored rows, `include` for the relations of the nested rows
 * @returns the value of `include`
 * @example `v.safeParse(insertSchema(schema, "artist", { include: nest({ album: true }) }), { name: "Tin Ear", album: [{ title: 5 }] }).issues!.map(v.getDotPath)` →
 * `["album.0.title"]`
 */
export function nest<const Relations extends InsertInclude>(relations: Relations): Nest<Relations> {
  return newNest(WRITER, relations);
}
