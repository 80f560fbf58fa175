import { expect, test } from "bun:test";
import {
  createCompositeTypeSql,
  createDomainSql,
  createEnumTypeSql,
  createRangeTypeSql,
} from "../../src/ddl/define/type-definition.ts";

const named = { schema: "public", name: "n", extension: null, comment: null };

test("an enum, a domain, a composite type and a range type have all their clauses", () => {
  expect(createEnumTypeSql({ ...named, labels: ["it's", "a\\b"] })).toBe(
    `CREATE TYPE "public"."n" AS ENUM ('it''s', E'a\\\\b')`,
  );
  const check = {
    name: "c",
    columns: [],
    expression: "(VALUE > 0)",
    validated: true,
    enforced: true,
    noInherit: false,
    comment: null,
  };
  expect(
    createDomainSql({
      ...named,
      kind: "domain",
      base: "varchar",
      baseTypmod: 8,
      baseType: "character varying(4)",
      collation: '"C"',
      default: "'x'",
      notNull: true,
      checks: [check],
    }),
  ).toBe(
    `CREATE DOMAIN "public"."n" AS character varying(4) COLLATE "C" DEFAULT 'x' NOT NULL CONSTRAINT "c" CHECK ((VALUE > 0))`,
  );
  expect(
    createCompositeTypeSql({
      ...named,
      kind: "composite",
      attributes: [
        { name: "a", type: "numeric(6,2)", typeKey: "numeric", typmod: 393222, collation: null },
        { name: "b", type: "text", typeKey: "text", typmod: -1, collation: '"C"' },
      ],
    }),
  ).toBe('CREATE TYPE "public"."n" AS ("a" numeric(6,2), "b" text COLLATE "C")');
  const range = { ...named, kind: "range", subtype: "text", canonical: null } as const;
  const subtype = { schema: "pg_catalog", name: "text" };
  expect(
    createRangeTypeSql({ ...range, operatorClass: null, collation: null, subtypeDiff: null }, subtype, {
      schema: "public",
      name: "m",
    }),
  ).toBe(
    'CREATE TYPE "public"."n" AS RANGE (SUBTYPE = "pg_catalog"."text", MULTIRANGE_TYPE_NAME = "public"."m")',
  );
  const options = {
    ...{ operatorClass: "text_pattern_ops", collation: '"C"' },
    ...{ canonical: "public.whole", subtypeDiff: "public.minus" },
  };
  expect(createRangeTypeSql({ ...range, ...options }, subtype, undefined)).toBe(
    `CREATE TYPE "public"."n" AS RANGE (SUBTYPE = "pg_catalog"."text", SUBTYPE_OPCLASS = text_pattern_ops, COLLATION = "C", CANONICAL = public.whole, SUBTYPE_DIFF = public.minus)`,
  );
});
