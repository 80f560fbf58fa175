// What `rowfn doctor` says of tenants, policies and the views over them.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Sample, sample } from "../support/command-sample.ts";

let store: Sample;

beforeAll(async () => {
  store = await sample();
});
afterAll(() => store.drop());

test("--scope lists a foreign key that refers to the column from another one, with which it can refer to any tenant", async () => {
  await store.sql.unsafe(`
    create table account (id int, tenant int, primary key (tenant, id));
    create table own (id int primary key, tenant int, account_id int,
      constraint inside foreign key (tenant, account_id) references account);
    create table share (id int primary key, tenant int, to_tenant int, account_id int,
      constraint outside foreign key (to_tenant, account_id) references account)`);
  const { output } = await store.inPipe(["doctor", "--scope", "tenant"]);
  await store.sql.unsafe("drop table own, share, account");
  expect(output).toContain("scope references    1 without tenant");
  expect(output).toContain('-- "public"."share": outside\n');
  expect(output).not.toContain("inside");
});

test("doctor reports views through which row security does not restrict the reader, and its SQL makes it do so", async () => {
  await store.sql.unsafe(`
    create table secret (id int primary key);
    create view seen as select * from secret; create view seen_again as select * from seen;
    create view checked with (security_invoker = on) as select * from secret;
    create view short with (security_invoker = t) as select * from secret; create view other as select * from genre`);
  expect((await store.inPipe(["doctor"])).output).not.toContain("security_invoker");
  await store.sql.unsafe("alter table secret enable row level security");
  const { output } = await store.inPipe(["doctor"]);
  expect(output).toContain(
    "warning  row security views  not applied to the readers of seen, seen_again, but to the owner of the view",
  );
  const cures = [...output.matchAll(/alter view .*;/g)].map(([cure]) => cure);
  expect(cures).toHaveLength(2);
  for (const cure of cures) await store.sql.unsafe(cure);
  expect((await store.inPipe(["doctor"])).output).not.toContain("not applied to the readers");
  await store.sql.unsafe("drop table secret cascade; drop view other");
});
