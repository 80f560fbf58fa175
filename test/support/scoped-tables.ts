// The tables of two tenants in random calls.

/**
 * Tables with plain and composite foreign keys, inheritance, partitions and views; `secret 1` are rows of tenant 1. No
 * constraint enforces the declared foreign key of `loose`: without the trigger a row of the other tenant could later
 * get the key of a deleted owner.
 */
export const SCOPED_TABLES = `
  create table owner (id int primary key, tenant int not null, name text, state text default 'pending', unique (tenant, id));
  create table plain (id int primary key, tenant int not null, name text, state text default 'pending', ref int references owner);
  create table pair (id int primary key, tenant int not null, name text, state text default 'pending', ref int,
    foreign key (tenant, ref) references owner (tenant, id));
  create table base (id int primary key, tenant int not null, name text, state text default 'pending');
  create table child (primary key (id)) inherits (base);
  create table part (id int, tenant int not null, name text, state text default 'pending', ref int references owner,
    primary key (id)) partition by range (id);
  create table part_low partition of part for values from (minvalue) to (4);
  create table part_high partition of part for values from (4) to (maxvalue);
  create table node (id int primary key, tenant int not null, name text, state text default 'pending', ref int references node);
  create table bridge (owner_id int references owner, node_id int references node, primary key (owner_id, node_id));
  create table loose (id int primary key, tenant int not null, name text, state text default 'pending', ref int);
  create view loose_view as select id, tenant, name, state, ref from loose;
  create function forget() returns trigger language plpgsql as $$ begin
    update loose set ref = null where ref = old.id; return null; end $$;
  create trigger forget after delete on owner for each row execute function forget();
  create view owner_view as select id, tenant, name from owner;
  insert into owner select id, 1 + id % 2, 'secret ' || (1 + id % 2) from generate_series(0, 7) as id;
  insert into node select id, 1 + id % 2, 'secret ' || (1 + id % 2) from generate_series(0, 7) as id;
  insert into child select id, 1 + id % 2, 'secret ' || (1 + id % 2) from generate_series(0, 7) as id;`;

/** The tables of the calls. */
export const TABLES = [
  "owner",
  "plain",
  "pair",
  "base",
  "child",
  "part",
  "node",
  "owner_view",
  "loose",
  "loose_view",
] as const;
export type Table = (typeof TABLES)[number];

/** The tables with a foreign key. */
export const HAS_REF: ReadonlySet<Table> = new Set(["plain", "pair", "part", "node", "loose", "loose_view"]);

/** Keys that the database does not have: of the views, and of `loose` to owner. */
export const DECLARED = {
  owner_view: { primaryKey: ["id"] },
  loose: { foreignKeys: { ref: "owner" } },
  loose_view: { primaryKey: ["id"] },
} as const;
