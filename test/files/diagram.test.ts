import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { schema as musicStore } from "../../examples/music-store/database.ts";
import { type Box, LANE } from "../../src/files/diagram/box.ts";
import { isolatedBlock } from "../../src/files/diagram/isolated-block.ts";
import { layout, type Point } from "../../src/files/diagram/layout.ts";
import { diagramModel } from "../../src/files/diagram/model.ts";
import { tracksOf } from "../../src/files/diagram/tracks.ts";
import { diagram } from "../../src/files/index.ts";
import { loadSchema, parseSchema, type SchemaSnapshot, tableNames } from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { isServer } from "../support/server-version.ts";

let database: TestDatabase;
let odd: SchemaSnapshot;
beforeAll(async () => {
  database = await testDatabase({
    template: `create table "a ""b"" <i>" (id int primary key, "x #\\ y" timestamp(3) with time zone not null unique);
      create table "100%\t~x~" (pk int primary key, "UK" int, uk_id int, "fk-a" int, "%%{init: {}}%%" int, "a~b~" int);
      create table child (id int primary key, one int unique not null references "a ""b"" <i>", self int references child);
      create table "empty" (); create table ring_a (id int primary key); create table ring_b (id int primary key references ring_a);
      alter table ring_a add foreign key (id) references ring_b`,
  });
  odd = await loadSchema(database.sql);
});
afterAll(() => database.drop());

test("mermaid: columns with keys, optional and unique relations; names that mermaid rejects are quoted or added as comments", () => {
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

test("mermaid: no name is a word of its grammar, a comment, a directive or a generic type", () => {
  expect(diagram(odd, { format: "mermaid", tables: ["100%\t~x~"] })).toBe(`\
erDiagram
  t0["100#37; #126;x#126;"] {
    integer _pk PK "pk"
    integer _UK "UK"
    integer uk_id
    integer _fk-a "fk-a"
    integer ___init_______ "#37;#37;{init: {}}#37;#37;"
    integer a_b_ "a#126;b#126;"
  }
`);
});

test("at most one row refers to each row if a unique key consists of columns of the foreign key", async () => {
  const key = "foreign key (a, b) references place";
  const { sql, drop } = await testDatabase({
    template: `create table place (a int not null, b int not null, primary key (a, b));
      create table by_both (a int, b int, ${key}, primary key (b, a)); create table by_one (a int, b int unique, ${key});
      create table by_other (a int, b int, c int, ${key}, unique (a, c));
      create table by_some (a int, b int, ${key}); create unique index on by_some (a, b) where a > 1;
      create table by_sum (a int, b int, ${key}); create unique index on by_sum (a, (b + 1));
      create table invalid (a int, b int, ${key}); create unique index invalid_key on invalid (a, b);
      update pg_index set indisvalid = false where indexrelid = 'invalid_key'::regclass`,
  });
  const schema = await loadSchema(sql);
  const line = (table: string): string | undefined =>
    /t0 (\S+) t1/.exec(diagram(schema, { format: "mermaid", tables: ["place", table] }))?.[1];
  const tables = ["by_both", "by_one", "by_other", "by_some", "by_sum", "invalid"];
  expect(tables.map(line)).toEqual(["||--o|", "|o--o|", "|o--o{", "|o--o{", "|o--o{", "|o--o{"]);
  await drop();
});

test.if(isServer(18))("several rows can refer to parts of the period of a row", async () => {
  const { sql, drop } = await testDatabase({
    template: `create table room (id int4range, during daterange, primary key (id, during without overlaps));
      create table stay (id int4range, during daterange, primary key (id, during without overlaps),
        foreign key (id, period during) references room (id, period during))`,
  });
  expect(diagram(await loadSchema(sql), { format: "mermaid" })).toContain("t0 ||--o{ t1");
  await drop();
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

test.each([
  [6, "t", 10, 4],
  [9, "t", 10, 6],
  [2, "a long name ".repeat(8), 0, 1],
])(
  "svg: a block of %i tables without foreign keys has an aspect ratio near 16:9",
  (count, name, columns, across) => {
    const column = { name: "a", type: "int", isKey: false, isForeign: false, isNullable: false };
    const entities = Array.from({ length: count }, (_, index) => ({
      ...{ id: `t${index}`, name, comment: null, columns: Array.from({ length: columns }, () => column) },
    }));
    const boxes = [...isolatedBlock(entities, 0, 50).values()];
    expect(new Set(boxes.map(({ x }) => x)).size).toBe(across);
    expect(boxes.map(({ y }) => y).slice(0, across)).toEqual(Array(across).fill(50));
  },
);

/** A snapshot with `count` tables: most refer to nearby tables, many to five hubs, one in seven to none. */
function manyTables(count: number): SchemaSnapshot {
  const track = musicStore.relations.find(({ name }) => name === "track")!;
  const relations = Array.from({ length: count }, (_, index) => {
    const targets =
      index % 7 === 6
        ? []
        : [...new Set([index - 1 - (index % 9), index % 5])].filter(
            to => to < index && to >= 0 && to % 7 !== 6,
          );
    const keys = targets.map(to => `table_${to}_id`);
    const names = [
      "id",
      ...keys,
      ...Array.from({ length: 2 + ((index * 5) % 11) }, (__, at) => `column_${at}`),
    ];
    return {
      ...track,
      ...{
        name: `table_${index}`,
        key: `table_${index}`,
        primaryKey: null,
        uniqueKeys: [],
        checks: [],
        indexes: [],
      },
      columns: names.map((name, at) => ({ ...track.columns[0]!, name, position: at + 1 })),
      foreignKeys: targets.map((to, at) => ({
        ...{ ...track.foreignKeys[0]!, name: `fk_${at}`, columns: [keys[at]!] },
        references: { schema: "public", name: `table_${to}`, columns: ["id"] },
      })),
    };
  });
  return parseSchema(JSON.stringify({ ...musicStore, relations }));
}

/** Whether a straight segment of a line, or a box, overlaps the inside of a box. */
function isBehind([x1, y1]: Point, [x2, y2]: Point, box: Box): boolean {
  return (
    Math.max(x1, x2) > box.x &&
    Math.min(x1, x2) < box.x + box.width &&
    Math.max(y1, y2) > box.y &&
    Math.min(y1, y2) < box.y + box.height
  );
}

const SCHEMAS: readonly (readonly [string, () => SchemaSnapshot])[] = [
  ["the music store", () => musicStore as unknown as SchemaSnapshot],
  ["odd names and cycles", () => odd],
  ...[60, 150, 500].map(count => [`${count} tables`, () => manyTables(count)] as const),
];

for (const [name, schema] of SCHEMAS)
  test(`svg: ${name}: no tables overlap, no line crosses a table, no two lines end at the same point`, () => {
    const model = diagramModel(schema(), undefined);
    const { boxes, lines, width, height } = layout(model);
    const all = [...boxes.values()];
    expect(all).toHaveLength(tableNames(schema()).length);
    expect(lines.size).toBe(model.links.length);
    for (const [index, a] of all.entries()) {
      const far: Point = [a.x + a.width, a.y + a.height];
      expect([a.x >= 0, a.y >= 0, far[0] <= width, far[1] <= height]).toEqual([true, true, true, true]);
      for (const b of all.slice(index + 1)) expect(isBehind([a.x, a.y], far, b)).toBe(false);
    }
    const ends = new Set<string>();
    for (const line of lines.values()) {
      const parts = line.slice(1).map((point, index) => [line[index]!, point] as const);
      expect(parts.filter(([from, to]) => all.some(box => isBehind(from, to, box)))).toEqual([]);
      expect(parts.every(([from, to]) => from[0] === to[0] || from[1] === to[1])).toBe(true);
      expect(line.every(([x, y]) => x >= 0 && y >= 0 && x <= width && y <= height)).toBe(true);
      ends.add(String(line.at(-1)));
    }
    expect(ends.size).toBe(lines.size);
  });

test.each([60, 150, 500])(
  "svg: the diagram of %i tables is about 16:9, with tables without foreign keys below the others",
  count => {
    const model = diagramModel(manyTables(count), undefined);
    const { boxes, width, height } = layout(model);
    expect(width / height).toBeGreaterThan(1.4);
    expect(width / height).toBeLessThan(2.2);
    expect(width).toBeLessThan(32_767);
    const linked = new Set(model.links.flatMap(({ from, to }) => [from, to]));
    const bottom = Math.max(...[...linked].map(entity => boxes.get(entity)!.y + boxes.get(entity)!.height));
    for (const [entity, box] of boxes) if (!linked.has(entity)) expect(box.y).toBeGreaterThan(bottom);
  },
);

test("svg: the places of 60 tables and of their lines", async () => {
  const { boxes, lines, width, height } = layout(diagramModel(manyTables(60), undefined));
  const drawing = [
    `${width} x ${height}`,
    ...[...boxes].map(([{ name }, box]) => `${name}: ${box.x},${box.y} ${box.width} x ${box.height}`),
    ...[...lines].map(([{ from, to }, line]) => `${from.name} -> ${to.name}: ${line.join(" ")}`),
  ];
  expect(`${drawing.join("\n")}\n`).toBe(await Bun.file(join(import.meta.dir, "diagram.txt")).text());
});

test("svg: a table that refers only to itself is drawn with its line", () => {
  const model = diagramModel(musicStore, ["employee"]);
  expect([...layout(model).boxes.keys()].map(({ name }) => name)).toEqual(["employee"]);
  const svg = diagram(musicStore, { format: "svg", tables: ["employee"] });
  expect(svg).toContain(">employee</text>");
  expect(svg.match(/<path class="link/g)).toHaveLength(1);
});

test("svg: every name appears escaped, and every foreign key has a line", () => {
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

test("two lines share a track only if there is more than a lane between them", () => {
  const tracks = (gap: number): readonly number[] =>
    tracksOf([
      { from: 0, to: 10 },
      { from: 40 + gap, to: 10 + gap },
    ]);
  expect([tracks(LANE - 1), tracks(LANE), tracks(LANE + 1)]).toEqual([
    [0, 1],
    [0, 1],
    [0, 0],
  ]);
});
