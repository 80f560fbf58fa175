import { rejectParameter } from "../query/parameter-issue.ts";
import { parseQuery, type Query } from "../query/query-schema.ts";
import { queryTexts, requireUtf8, searchTexts } from "../query/query-texts.ts";
import type { CrudCall } from "./crud-route.ts";

/** The query of a request's URL; throws ValiError. */
export function crudQuery({ url, schema, route }: CrudCall): Query {
  requireUtf8(url.search);
  return parseQuery(schema, route.rules, searchTexts(url.search));
}

/** The filter of a request for changes; throws ValiError and ParameterError. */
export function streamFilter({ url, schema, route }: CrudCall): Query["where"] {
  const searchParams = new URLSearchParams(url.search);
  const [value = "", ...others] = searchParams.getAll("stream");
  if (value !== "" || others.length > 0) rejectParameter("stream", value, "no value");
  searchParams.delete("stream");
  requireUtf8(url.search);
  const name = NOT_IN_STREAMS.find(one => searchParams.has(one) && !route.rules.names.has(one));
  if (name !== undefined) rejectParameter(name, searchParams.get(name)!, "a filter", JSON.stringify(name));
  return parseQuery(schema, route.rules, queryTexts(searchParams)).where;
}

const NOT_IN_STREAMS = ["sort", "select", "include", "limit", "after", "before", "total"];

/** The query of a request for one row, which can only select and include; throws as `crudQuery` does. */
export function rowQuery(call: CrudCall): Pick<Query, "select" | "include"> {
  const { search } = call.url;
  const { select } = call.route.rules;
  if (search === "") return select === undefined ? {} : { select };
  const searchParams = new URLSearchParams(search);
  const name = [...searchParams.keys()].find(one => one !== "select" && one !== "include");
  if (name !== undefined)
    rejectParameter(name, searchParams.get(name)!, "select or include", JSON.stringify(name));
  return crudQuery(call);
}

/** Whether the URL asks for a number of rows. */
export function hasLimit({ url }: CrudCall): boolean {
  const searchParams = new URLSearchParams(url.search);
  return ["limit", "after", "before", "include", "total"].some(name => searchParams.has(name));
}
