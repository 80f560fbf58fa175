// The interface names that generateModule writes.
import { expect, test } from "bun:test";
import { interfaceNames } from "../../src/files/codegen/typescript.ts";
import type { Relation } from "../../src/index.ts";

const relation = (name: string, schema = "public"): Relation =>
  ({ name, schema, isVisible: schema === "public" }) as Relation;

test.each<[relations: Relation[], imports: string[], names: string[]]>([
  [[relation("invoice_line"), relation("Genre")], [], ["InvoiceLine", "Genre"]],
  [[relation("a_b"), relation("a b"), relation("a-b")], [], ["AB", "AB2", "AB3"]],
  [[relation("a"), relation("a", "audit")], [], ["A", "AuditA"]],
  [
    [relation("json"), relation("point")],
    ["JsonRow", "Point"],
    ["Json2", "Point2"],
  ],
  [[relation("1st"), relation("_")], [], ["Table1st", "Table"]],
])("%#: the names differ from each other and from imported names", (relations, imports, names) => {
  const found = interfaceNames(relations, new Map(imports.map(name => [name, ""])));
  expect(relations.map(one => found.get(one)!)).toEqual(names);
});
