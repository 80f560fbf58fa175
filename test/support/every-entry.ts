// Every public name, from all entry points of the package.
export * from "../../src/ddl/index.ts";
export * from "../../src/files/index.ts";
export * from "../../src/http/index.ts";
export * from "../../src/index.ts";
export * from "../../src/queues/index.ts";
export * from "../../src/statements/index.ts";
export * from "../../src/testing/index.ts";
