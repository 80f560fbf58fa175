import type { WideTables } from "rowfn";
import type { CrudTables } from "rowfn/http";

/** What clients may do: a column that is not listed can be neither read nor written. */
export const TABLES: CrudTables<WideTables> = {
  customer: {
    filter: ["id", "name", "email", "country"],
    sort: ["name", "id"],
    select: ["id", "name", "email", "country"],
    write: ["name", "email", "country"],
    delete: true,
    search: "name",
    total: true,
  },
  invoice: {
    filter: ["number", "status", "due_on", "total", "customer_id", "customer.country", "invoice_line.text"],
    sort: ["number", "due_on", "total"],
    select: ["id", "number", "customer_id", "status", "due_on", "total", "version"],
    include: {
      customer: { select: ["id", "name"] },
      invoice_line: { select: ["id", "text", "quantity", "price"], orderBy: "id" },
    },
    write: ["number", "customer_id", "due_on"],
    delete: true,
    version: "version",
    stream: true,
  },
  invoice_line: {
    filter: ["invoice_id"],
    select: ["id", "invoice_id", "text", "quantity", "price"],
    write: ["invoice_id", "text", "quantity", "price"],
    delete: true,
  },
};
