import { ArgumentError } from "../errors.ts";
import { type InsertTable, insertTable } from "../statements/insert-nodes.ts";
import type { Nest } from "../statements/nest.ts";
import { INSERT_OPTIONS, requireWriteOptions, returnedNames } from "../statements/returning.ts";
import { insertLevel } from "./insert-level.ts";
import { type Level, levelOf } from "./insert-tree-level.ts";
import { requireValidTrees } from "./valid-trees.ts";
import type { WriteContext, WriteOptions } from "./write.ts";
import { atomically, countMany, type ManyRows, type ManyWrite, returnMany } from "./write-many.ts";

type Row = Record<string, unknown>;

interface TreeContext extends WriteContext {
  readonly options: (WriteOptions & { readonly returning?: boolean | readonly string[] }) | undefined;
}

const INSERT_TREE_OPTIONS = { include: true, ...INSERT_OPTIONS } as const;

/** `insert` of a row with nested rows; returns the stored row with the nested ones. */
export async function insertTree(context: TreeContext, row: unknown): Promise<Row | undefined> {
  const table = treeTable("insert", context);
  const trees = requireValidTrees(context, table, [row], () => undefined);
  const level = levelOf(table, trees, [], () => []);
  const isReturned = context.options?.returning !== false;
  const [stored] = await insertLevels(context, level, isReturned);
  return isReturned ? stored : undefined;
}

/** `insertMany` of rows with nested rows; returns the number of rows, without the nested ones, or the stored rows. */
export async function insertTrees(
  context: TreeContext,
  rows: ManyRows<unknown>,
): Promise<number | readonly Readonly<Row>[]> {
  const table = treeTable("insertMany", context);
  const write: Omit<ManyWrite, "send"> = {
    validate: (list, from) => requireValidTrees(context, table, list, index => index + from),
    groups: (list, from) => [{ rows: list, positions: list.map((_, index) => index + from) }],
  };
  const levels = (group: { rows: readonly Row[]; positions: readonly number[] }): Level =>
    levelOf(table, group.rows, [], index => [group.positions[index]!]);
  if (context.options?.returning)
    return await returnMany(context, rows, write, (inner, group) =>
      insertLevels(inner, levels(group as never), true),
    );
  return await countMany(context, rows, write, async (inner, group) => {
    await insertLevels(inner, levels(group as never), false);
    return group.rows.length;
  });
}

function treeTable(name: string, { schema, table, options }: TreeContext): InsertTable {
  const { alter, overriding } = options as { readonly alter?: unknown; readonly overriding?: unknown };
  if (alter) throw new ArgumentError(`${name}: alter and include cannot be combined`);
  if (overriding)
    throw new ArgumentError(
      `${name}: overriding and include cannot be combined; pass overrideIdentity(schema, table)`,
    );
  requireWriteOptions(name, options, INSERT_TREE_OPTIONS);
  const { include } = options as { readonly include: Nest };
  return { ...insertTable(schema, table, include.relations), select: returnedNames(options?.returning) };
}

/** Inserts the rows of all levels or none. */
async function insertLevels(
  context: WriteContext,
  level: Level,
  isReturned: boolean,
): Promise<readonly Row[]> {
  return await atomically(context, inner => insertLevel(inner, level, isReturned));
}
