// Tables for the transaction tests, and SQL that runs before each test.

export const ACCOUNT_TABLES = `
  create table account (id int primary key, balance int not null, owner text default current_user);
  create table later (id int primary key deferrable initially deferred);
  create table secret (id int primary key, tenant int);
  insert into secret values (1, 1), (2, 2);
  alter table secret enable row level security;
  create policy own on secret using (tenant = nullif(current_setting('app.tenant', true), '')::int)`;

export const ACCOUNT_ROWS = `truncate account, later; insert into account select id, 100 from generate_series(1, 10) id`;
