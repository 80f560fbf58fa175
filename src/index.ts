export { type Connection, type ConnectOptions, connect } from "./connect.ts";
export { describeHandle } from "./driver/describe-handle.ts";
export type { SqlHandle } from "./driver/handle.ts";
export * from "./errors.ts";
export { type CountOptions, count, exists } from "./rows/count.ts";
export { type GetRowOptions, get, getOrThrow } from "./rows/get.ts";
export { getMany } from "./rows/get-many.ts";
export { type GroupByOptions, groupBy } from "./rows/group-by.ts";
export { pksAndRowsWhere } from "./rows/pks-and-rows-where.ts";
export { item, q, qOne } from "./rows/query.ts";
export { type RowsOptions, rowsWhere } from "./rows/rows-where.ts";
export { type SelectOneOptions, selectOne } from "./rows/select-one.ts";

export { col, expr, type Fragment, table } from "./statements/fragment.ts";
export {
  and,
  between,
  type ColumnFilters,
  type Combination,
  containedBy,
  contains,
  distinctFrom,
  eq,
  gt,
  gte,
  hasKey,
  ilike,
  isNull,
  like,
  lt,
  lte,
  matches,
  ne,
  noneOf,
  not,
  notNull,
  type Operator,
  oneOf,
  or,
  overlaps,
  type Where,
} from "./statements/operators.ts";
export { asc, desc, type Order, type OrderBy } from "./statements/order.ts";
export { type ScopeRules, scope, unscoped } from "./statements/scope.ts";
