import { isServer } from "./server-version.ts";

const UNLOGGED = isServer(15) ? "unlogged" : "";

/** The variants of the settings of a table, a column or a sequence outside of its definition. */
export const SETTINGS: Readonly<Record<string, readonly string[]>> = {
  columnSettings: [
    `create table cs(a text, b numeric, c text, d int); alter table cs alter a set storage external, alter b set storage plain,
       alter c set compression pglz, alter d set statistics 0, alter d set (n_distinct = 5, n_distinct_inherited = -0.5);`,
    `create table cs(d int, a varchar(9), b text, c text); alter table cs alter a set storage main, alter d set statistics 300, alter d set (n_distinct = 7);`,
    `create table cs(a text collate "C", b text collate "C", c int, d int); alter table cs alter a set storage external, alter c set statistics 10;
     create materialized view cs_m as select a, d from cs; alter materialized view cs_m alter a set storage main, alter d set statistics 5;`,
    `create table cs(a text, b text, c int, d int generated always as (c + 1) stored); alter table cs alter d set statistics 5;
     create materialized view cs_m as select a, d from cs; create index cs_i on cs_m (d); cluster cs_m using cs_i;`,
  ],
  replicaIdentity: [
    "create table ri(a int primary key, b int not null unique); alter table ri replica identity full; create table ri_2(a int); alter table ri_2 replica identity nothing;",
    "create table ri(a bigint primary key, b bigint not null unique); alter table ri replica identity using index ri_b_key; create table ri_2(a int primary key);",
    "create table ri(a int primary key, b int not null unique); alter table ri replica identity using index ri_b_key; create table ri_2(a int);",
    "create table ri(b int not null); create unique index ri_b_key on ri (b); alter table ri replica identity using index ri_b_key;",
  ],
  cluster: [
    "create table cl(a int primary key, b int); create index cl_b on cl (b); cluster cl using cl_b;",
    "create table cl(a bigint primary key, b bigint); create index cl_b on cl (b desc); cluster cl using cl_b;",
    "create table cl(a int, b int, constraint cl_x exclude using gist (int4range(a, b) with &&)); cluster cl using cl_x;",
    "create table cl(a int primary key, b int);",
  ],
  partitionSettings: [
    `create table ps(a int not null, b text) partition by list (a); alter table ps alter b set storage external, alter b set statistics 9;
     create table ps_1 partition of ps for values in (1); create table ps_2 partition of ps default; alter table ps_2 alter b set storage main;
     create unique index ps_u on ps (a); alter table ps replica identity full; alter table ps_1 replica identity using index ps_1_a_idx;`,
    `create table ps(a int not null, b varchar(9)) partition by list (a); create table ps_1 partition of ps for values in (1);
     alter table only ps alter b set storage external; alter table ps_1 alter b set statistics 8;`,
  ],
  toast: [
    "create table ts(a text) with (fillfactor = 50, toast.autovacuum_enabled = off); create table ts_2(a int) with (fillfactor = 60);",
    "create table ts(a text) with (toast.autovacuum_vacuum_threshold = 9, toast.vacuum_truncate = off); create table ts_2(a text);",
  ],
  otherComments: [
    `comment on schema public is 'it''s'; create schema oc; comment on schema oc is 'a'; create function oc_f(n int) returns int language sql as 'select 1';
     comment on function oc_f is 'f'; create function oc_t() returns trigger language plpgsql as 'begin return new; end'; create table oc_1(a int);
     create trigger oc_x before update of a on oc_1 for each row execute function oc_t(); comment on trigger oc_x on oc_1 is 'x';`,
    `create schema oc; comment on schema oc is 'b'; create function oc_f(n int) returns text language sql as 'select 1'; comment on function oc_f is 'f';
     create procedure oc.p() language sql as ''; comment on procedure oc.p is 'p'; create function oc_t() returns trigger language plpgsql as 'begin return new; end';
     create table oc_1(a bigint); create trigger oc_x before update of a on oc_1 for each row execute function oc_t(); comment on trigger oc_x on oc_1 is 'x';`,
    `create function oc_f(n int) returns text language sql as 'select 2'; create function oc_t() returns trigger language plpgsql as 'begin return null; end';
     create table oc_1(a bigint); create trigger oc_x before update of a on oc_1 for each row execute function oc_t();`,
  ],
  policies: [
    `create table po(a int, b varchar(9)); create table po_2(a int primary key); alter table po enable row level security;
     create policy p on po using (b in ('a', 'b')); create policy "q q" on po as restrictive for update to current_user using (a > 1) with check (a in (select a from po_2));
     comment on policy p on po is 'it''s'; comment on policy "q q" on po is 'q';`,
    `create table po(a bigint, b varchar(9)); create table po_2(a bigint primary key); alter table po enable row level security;
     create function po_f(bigint) returns bool language sql as 'select true'; create policy p on po for select using (po_f(a));
     create policy "q q" on po as restrictive for update using (a > 1) with check (a in (select a from po_2)); comment on policy "q q" on po is 'q';`,
    `create table po(a bigint, b varchar(9)); create function po_f(n bigint) returns bool language sql as 'select false';
     create policy p on po for select using (po_f(a)); create view po_v as select a from po;`,
    `create table po(a int) partition by list (a); create table po_1 partition of po default; create policy p on po_1 for insert with check (a > 1); create policy p on po;`,
  ],
  rules: [
    `create table ru(a int, b text); create table ru_log(a int, b text); create rule r as on insert to ru where new.a > 1 do also insert into ru_log values (new.a, new.b);
     create view ru_v as select a, b from ru; create rule v as on insert to ru_v do instead (insert into ru values (new.a, new.b); delete from ru_log where a = new.a;);
     comment on rule r on ru is 'r'; comment on rule v on ru_v is 'v'; create rule s as on update to ru do also notify s; alter table ru disable rule s;`,
    `create table ru(a bigint, b text); create table ru_log(a bigint, b varchar(3)); create rule r as on insert to ru where new.a > 1 do also insert into ru_log values (new.a, new.b);
     create view ru_v as select a, b from ru where a > 2; create rule v as on insert to ru_v do instead nothing; create rule d as on delete to ru do instead nothing;
     comment on rule v on ru_v is 'v'; create rule s as on update to ru do also notify s; alter table ru enable always rule s; comment on rule s on ru is 's';`,
    `create table ru(a bigint, b text); create view ru_v as select b from ru; create rule v as on update to ru_v do instead nothing;`,
  ],
  unlogged: [
    `create ${UNLOGGED} sequence us; create unlogged table ut(id serial, n int generated always as identity);`,
    `create sequence us; create table ut(id serial, n int generated always as identity);`,
    `create ${UNLOGGED} sequence us; create unlogged table ut(id serial); ${UNLOGGED && "alter sequence ut_id_seq set logged;"}`,
    `create table ut(id int); create ${UNLOGGED} sequence ut_id_seq owned by ut.id;`,
  ],
};
