// The typical imports of a server, for measuring their size.
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
