import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { schema as musicStore } from "../../examples/music-store/database.ts";
import { layout } from "../../src/files/diagram/layout.ts";
import { diagramModel } from "../../src/files/diagram/model.ts";
import { diagram } from "../../src/files/index.ts";
import { loadSchema, type SchemaSnapshot, tableNames } from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

let database: TestDatabase;
let odd: SchemaSnapshot;
beforeAll(async () => {
  database = await testDatabase({
    template: `create table "a ""b"" <i>" (id int primary key, "x #\\ y" timestamp(3) with time zone not null unique);
      create table child (id int primary key, one int unique not null references "a ""b"" <i>", self int references child);
      create table "empty" (); create table ring_a (id int primary key); create table ring_b (id int primary key references ring_a);
      alter table ring_a add foreign key (id) references ring_b`,
  });
  odd = await loadSchema(database.sql);
});
afterAll(() => database.drop());

test("mermaid: columns with keys, optional and unique links; odd names are quoted, or comments after a similar name", () => {
  expect(diagram(odd, { format: "mermaid", tables: ['a "b" <i>', "child", "empty"] })).toBe(`\
erDiagram
  t0["a #quot;b#quot; <i>"] {
    integer id PK
    timestamptz(3) x____y "x #35;#92; y"
  }
  t1["child"] {
    integer id PK
    integer one FK
    integer self FK
  }
  t2["empty"]
  t0 ||--o| t1 : "one"
  t1 |o--o{ t1 : "self"
`);
});

test("dot: a node per table, an edge per foreign key from its column, everything escaped", () => {
  expect(diagram(odd, { format: "dot", tables: ['a "b" <i>', "child"] })).toBe(`\
digraph schema {
  rankdir=RL;
  node [shape=plain, fontname="Helvetica"];
  edge [arrowhead=normal, arrowtail=crow, dir=both];
  t0 [label=<<table border="0" cellborder="1" cellspacing="0" cellpadding="4"><tr><td colspan="2" bgcolor="#e2e8f0"><b>a &quot;b&quot; &lt;i&gt;</b></td></tr><tr><td align="left" port="c0"><u>id</u></td><td align="left">integer</td></tr><tr><td align="left" port="c1">x #\\ y</td><td align="left">timestamptz(3)</td></tr></table>>];
  t1 [label=<<table border="0" cellborder="1" cellspacing="0" cellpadding="4"><tr><td colspan="2" bgcolor="#e2e8f0"><b>child</b></td></tr><tr><td align="left" port="c0"><u>id</u></td><td align="left">integer</td></tr><tr><td align="left" port="c1">one</td><td align="left">integer</td></tr><tr><td align="left" port="c2">self</td><td align="left">integer ?</td></tr></table>>];
  t1:c1 -> t0;
  t1:c2 -> t1 [style=dashed];
}
`);
});

test("svg: no tables overlap, a cycle of foreign keys ends, every name appears escaped", () => {
  for (const schema of [musicStore as unknown as SchemaSnapshot, odd]) {
    const boxes = [...layout(diagramModel(schema, undefined)).values()];
    expect(boxes).toHaveLength(tableNames(schema).length);
    for (const [index, a] of boxes.entries())
      for (const b of boxes.slice(index + 1)) {
        const isApart =
          a.x + a.width < b.x || b.x + b.width < a.x || a.y + a.height < b.y || b.y + b.height < a.y;
        expect(isApart).toBe(true);
      }
  }
  const svg = diagram(odd, { format: "svg" });
  expect(svg).toContain(">a &quot;b&quot; &lt;i&gt;</text>");
  expect(svg.match(/<path class="link/g)).toHaveLength(4);
});

test("docs/music-store.svg is the diagram of the music store", async () => {
  const picture = await Bun.file(join(import.meta.dir, "../../docs/music-store.svg")).text();
  expect(picture).toBe(diagram(musicStore, { format: "svg" }));
});

test("an unknown table or format is rejected", () => {
  expect(() => diagram(odd, { format: "dot", tables: ["chidl"] })).toThrow('did you mean "child"?');
  expect(() => diagram(odd, { format: "png" as "svg" })).toThrow(
    'format must be mermaid, dot or svg, received "png"',
  );
});
