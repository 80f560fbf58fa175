// What loadSchema loads when it is called.
export { buildSnapshot } from "./build-snapshot.ts";
export { CATALOG_QUERY } from "./catalog-query.ts";
