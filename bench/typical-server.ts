// What a server usually imports, to weigh it.
export {
  deleteRow,
  get,
  insert,
  insertMany,
  loadSchema,
  page,
  rowsWhere,
  transaction,
  update,
  upsert,
} from "rowfn";
