// `migrationSql` changes every definition of a kind to every other one and preserves the rows: one table, view or type
// per pair.
import { afterAll, expect, test } from "bun:test";
import { migrationSql } from "../../src/ddl/index.ts";
import { loadSchema, schemaDiff } from "../../src/index.ts";
import { testDatabase } from "../../src/testing/index.ts";
import { runSteps } from "../support/run-steps.ts";

const [before, after] = await Promise.all([testDatabase(), testDatabase()]);
afterAll(() => Promise.all([before.drop(), after.drop()]));
const [{ version }] = await before.sql`select current_setting('server_version_num')::int as version`;
const since = (number: number, ...texts: string[]): string[] => (version >= number ? texts : []);

/** Definitions as SQL, in which `N` is the name of the pair. */
interface Kind {
  /** Runs in both databases before the definitions. */
  readonly start?: string;
  readonly definitions: readonly string[];
  /** Runs in the first database, after the definition. */
  readonly rows?: string;
  /** A query whose result must be the same after the migration. */
  readonly values?: string;
}

const TABLE = "create table N (id int primary key, w int";

const KINDS: Readonly<Record<string, Kind>> = {
  columns: {
    start: `create domain whole as int default 4; create domain given as int not null; create domain over as given;
      create function one() returns int immutable language sql return 1;`,
    definitions: [
      ...["int", "int not null", "bigint", "int default 5", "int not null default 7", "text", "varchar(3)"],
      ...["whole", "whole not null", "given", "given not null", "over", "numeric(5)", "int default one()"],
      ...[`text collate "C"`, `text collate "C" default 'x'`, "smallint check (v > 0)"],
    ].map(type => `${TABLE}, v ${type});`),
    rows: "insert into N (id, w, v) values (1, 5, 1);",
    values: "select id, w, v::text from N",
  },
  "generated columns": {
    definitions: [
      ...["int", "int generated always as (w * 2) stored", "int generated always as (w * 3) stored"],
      ...["bigint generated always as (w * 2) stored", "int generated always as (w * 2) stored not null"],
      ...since(
        180_000,
        "int generated always as (w * 2) virtual",
        "bigint generated always as (w * 2) virtual",
      ),
    ].map(type => `${TABLE}, v ${type});`),
    rows: "insert into N (id, w) values (1, 5) on conflict do nothing;",
    values: "select id, w from N",
  },
  "not null constraints": {
    definitions: [
      `${TABLE}, v int);`,
      `${TABLE}, v int not null);`,
      ...since(180_000, `${TABLE}, v int); alter table N add constraint N_v not null v not valid;`),
    ],
    rows: "insert into N values (1, 2, 3);",
    values: "select * from N",
  },
  keys: {
    definitions: [
      "",
      ...["unique (w)", "unique (w, v)", "unique (v, w)", "unique (w) deferrable", "unique (w) include (v)"],
      ...since(150_000, "unique nulls not distinct (w)"),
      ...["check (w > 0)", "check (w > 1)", "check (w > 0) no inherit"],
      "exclude using btree (w with =)",
    ].map(key => `${TABLE}, v int${key && `, constraint N_key ${key}`});`),
    rows: "insert into N values (1, 2, 3);",
    values: "select * from N",
  },
  "foreign keys": {
    start:
      "create table p (id int primary key, a int unique, b int, unique (a, b)); insert into p values (2, 2, 2);",
    definitions: [
      "",
      ...["(w) references p", "(w) references p (a)", "(v) references p (id)", "(w, v) references p (a, b)"],
      ...["(w) references p on delete cascade", "(w) references p on delete set null on update cascade"],
      ...[
        "(w) references p deferrable",
        "(w) references p deferrable initially deferred",
        "(w) references N (id)",
      ],
      "(w, v) references p (a, b) match full",
      ...since(180_000, "(w) references p not enforced"),
    ]
      .map(key => `${TABLE}, v int${key && `, constraint N_key foreign key ${key}`});`)
      .concat(`${TABLE}, v int); alter table N add constraint N_key foreign key (w) references p not valid;`),
    rows: "insert into N values (2, 2, 2), (3, null, null);",
    values: "select * from N",
  },
  indexes: {
    definitions: [
      "",
      ...[
        "(w)",
        "(w, v)",
        "(v desc)",
        "(w nulls first)",
        "(w) include (v)",
        "(w) where v > 0",
        "(w) where v > 1",
      ],
      ...["(abs(w))", "((w + v))", "using hash (w)", "(w) with (fillfactor = 50)", "using brin (w)"],
    ]
      .map(key => `${TABLE}, v int);${key && ` create index N_i on N ${key};`}`)
      .concat(`${TABLE}, v int); create unique index N_i on N (w);`),
    rows: "insert into N values (1, 2, 3);",
    values: "select * from N",
  },
  tables: {
    definitions: [
      "create table N (id int primary key, w int);",
      "create unlogged table N (id int primary key, w int);",
      "create table N (id int primary key, w int) with (fillfactor = 50);",
      "create table N (id int primary key, w int); comment on table N is 'a'; comment on column N.w is 'b';",
      "create table N (id int primary key, w int); alter table N enable row level security;",
      "create table N (id int primary key, w int); alter table N enable row level security, force row level security;",
      "create table N (id int primary key, w int); alter table N force row level security;",
      "create table N (id int primary key, w int); alter table N replica identity full;",
      "create table N (id int, w int);",
      "create table N (id int, w int, primary key (w, id));",
    ],
    rows: "insert into N values (1, 2);",
    values: "select id, w from N",
  },
  triggers: {
    start: `create function f() returns trigger language plpgsql as 'begin return new; end';
      create function g() returns trigger language plpgsql as 'begin return new; end';`,
    definitions: [
      "",
      ...[
        "before insert on N for each row execute function f()",
        "before insert on N for each row execute function g()",
      ],
      ...[
        "after insert on N for each row execute function f()",
        "before update of w on N for each row execute function f()",
      ],
      "before insert on N for each row when (new.w > 0) execute function f()",
      "after insert on N execute function f()",
    ].map(
      trigger => `create table N (id int primary key, w int);${trigger && ` create trigger N_t ${trigger};`}`,
    ),
  },
  views: {
    start:
      "create table b (id int primary key, v int, t text); create view inner_view as select id, v from b;",
    definitions: [
      ...[
        "select id, v from b",
        "select id, v, 1 as x from b",
        "select id, v::text as v from b",
        "select v, id from b",
      ],
      ...[
        "select id, v from inner_view",
        "select id, count(*) as v from b group by id",
        "select id, v from b where v > 1",
      ],
    ]
      .map(query => `create view N as ${query};`)
      .concat(
        "create materialized view N as select id, v from b;",
        "create materialized view N as select id, v from b; create unique index N_i on N (id);",
        "create view N with (security_barrier) as select id, v from b;",
        "create view N as select id, v from b with check option;",
        "create view N as select id, v from b; alter view N alter v set default 5;",
        "create view N as select id, v from b; comment on view N is 'c';",
      ),
  },
  "views and their tables": {
    definitions: [
      "create table N (id int primary key, v int); create view N_v as select id, v from N;",
      "create table N (id int primary key, v bigint); create view N_v as select id, v from N;",
      "create table N (id int primary key, v int, u int); create view N_v as select id, v, u from N;",
      "create table N (id int primary key, v int); create view N_v as select id from N;",
      "create table N (id int primary key, v int); create view N_v as select v, count(*) from N group by v;",
      "create table N (id int primary key, v int); create view N_v as select id, v from N group by id;",
      "create table N (id int, v int); create view N_v as select id, v from N; create view N_w as select id from N_v;",
    ],
    rows: "insert into N (id, v) values (1, 2);",
    values: "select id, v::int from N",
  },
  types: {
    definitions: [
      ...["type N as enum ('a', 'b')", "type N as enum ('a', 'b', 'c')", "type N as enum ('z', 'a', 'b')"],
      ...["type N as enum ('b', 'a')", "domain N as int", "domain N as bigint", "domain N as int default 3"],
      ...[
        "domain N as int not null",
        "domain N as int check (value > 0)",
        "domain N as int check (value > 1)",
      ],
      ...[
        `domain N as text collate "C"`,
        "domain N as text",
        "type N as (a int)",
        "type N as (a int, b text)",
      ],
      ...[
        "type N as (a text)",
        "type N as (b int)",
        "type N as range (subtype = int4)",
        "type N as range (subtype = float8)",
      ],
      ...[`type N as (a text collate "C")`, `type N as (a text collate "C", b text)`],
    ].map(type => `create ${type};`),
  },
  "range types": {
    start: `create function minus(a text, b text) returns float8 language sql immutable as 'select 1';
      create function minus(a int, b int) returns float8 language sql immutable as 'select a - b';`,
    definitions: [
      ...["text", "text, subtype_opclass = text_pattern_ops", 'text, collation = "C"'],
      ...[
        "text, subtype_diff = minus",
        "text, multirange_type_name = N_many",
        "int",
        "int, subtype_diff = minus",
      ],
    ]
      .map(options => `create type N as range (subtype = ${options});`)
      .concat(`create type N; create function N_whole(N) returns N language internal immutable strict as 'int4range_canonical';
        create type N as range (subtype = int, canonical = N_whole, subtype_diff = minus);`)
      .map(type => `${type} create table N_t (id int primary key, r N);`),
    rows: "insert into N_t values (1, '[2,3)');",
    values: "select id, r::text from N_t",
  },
  "types of columns": {
    definitions: [
      ...["type N as enum ('a', 'b')", "type N as enum ('a', 'b', 'c')", "type N as enum ('b', 'a')"],
      ...["domain N as text default 'a'", "domain N as varchar(3)", "domain N as text check (value <> '')"],
      "domain N as text not null",
    ].map(type => `create ${type}; create table N_t (id int primary key, v N, l N[]);`),
    rows: "insert into N_t values (1, 'a', '{a}');",
    values: "select id, v::text, l::text from N_t",
  },
  inheritance: {
    definitions: [
      "create table N (id int primary key, v int);",
      "create table N_p (id int, v int); create table N (primary key (id)) inherits (N_p);",
      "create table N_p (id int); create table N_q (v int); create table N (primary key (id)) inherits (N_p, N_q);",
      "create table N_p (id int); create table N (v int, primary key (id)) inherits (N_p); create table N_c () inherits (N);",
      "create table N_p (id int, v int); create table N (id int primary key, v int);",
    ],
    rows: "insert into N (id, v) values (1, 2);",
    values: "select id, v from only N",
  },
  sequences: {
    definitions: [
      ...["", "as int", "increment 2", "minvalue 5 start 7", "maxvalue 100 cycle", "cache 5", "increment -1"],
    ]
      .map(options => `create sequence N ${options};`)
      .concat(
        "create table N_t (id int primary key, v int); create sequence N owned by N_t.v;",
        "create table N_t (id int primary key, v int); create sequence N owned by N_t.id;",
        "create table N_t (id int primary key, v int); create sequence N;",
      ),
  },
};

for (const [kind, { start = "", definitions, rows, values }] of Object.entries(KINDS)) {
  test(`${definitions.length} definitions of ${kind}: each becomes every other one`, async () => {
    const first: string[] = [];
    const second: string[] = [];
    const reads: string[] = [];
    for (const [from, given] of definitions.entries())
      for (const [to, wanted] of definitions.entries()) {
        const name = `n${from}_${to}`;
        const named = (text: string): string => text.replaceAll(/\bN(?=\b|_)/g, name);
        first.push(named(given), named(rows ?? ""));
        second.push(named(wanted));
        if (values) reads.push(`select '${name}' as pair, r::text from (${named(values)}) r`);
      }
    const read = () => before.sql.unsafe(reads.join(" union all ")).values();
    for (const [{ sql }, texts] of [
      [before, first],
      [after, second],
    ] as const)
      await sql.unsafe(`drop schema public cascade; create schema public; ${start} ${texts.join(" ")}`);
    const stored = values && (await read());
    const to = await loadSchema(after.sql, { functions: true });
    await runSteps(before.sql, migrationSql(await loadSchema(before.sql, { functions: true }), to));
    const now = await loadSchema(before.sql, { functions: true });
    expect(schemaDiff(now, to)).toEqual([]);
    expect(migrationSql(now, to)).toEqual([]);
    if (values) expect(await read()).toEqual(stored as never);
  });
}
