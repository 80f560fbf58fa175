// The document of two tables with all options, to its last word.
import { expect, test } from "bun:test";
import { openApi } from "../../src/http/index.ts";
import { testTables } from "../support/test-tables.ts";
import expected from "./open-api-document.json" with { type: "json" };

const { schema } = await testTables(
  `create type color as enum ('red', 'blue');
   create table maker (id int primary key, name varchar(20) not null);
   create table item (id int, "to" timestamptz, maker_id int references maker, size numeric(6, 2) check (size > 0),
     colors color[], about jsonb, version int not null default 1, primary key (id, "to"));
   comment on table item is 'What is sold'; comment on column item.size is 'In meters'`,
);

test("the document of two tables with all options", () => {
  const document = openApi(schema, {
    ...{ title: "Shop", version: "1.2", description: "What is sold", prefix: "/api" },
    tables: {
      maker: { sort: ["name"] },
      item: {
        filter: ["id", "colors", "about"],
        sort: ["size"],
        include: { maker: { select: ["name"] } },
        write: ["id", "to", "maker_id", "size", "colors", "about"],
        ...{ delete: true, version: "version", total: true, stream: true },
      },
    } as never,
  });
  expect(JSON.parse(JSON.stringify(document))).toEqual(expected);
});
