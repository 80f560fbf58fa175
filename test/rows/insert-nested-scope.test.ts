import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import {
  insert,
  insertMany,
  loadSchema,
  nest,
  type SchemaSnapshot,
  ScopeError,
  scope,
} from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { recorder } from "../support/recording.ts";

let database: TestDatabase;
let mine: SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase({
    template: `
      create table project (tenant int not null, id int not null, name text, primary key (tenant, id));
      create table tag (id int generated always as identity primary key, tenant int not null, label text);
      create table task (tenant int not null, id int not null, project_id int not null, tag_id int references tag, primary key (tenant, id),
        foreign key (tenant, project_id) references project);`,
  });
  mine = scope(await loadSchema(database.sql), { "*": { tenant: 1 } });
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.sql.unsafe(`truncate project, tag, task restart identity;
    insert into tag (tenant, label) values (2, 'theirs');`);
});

const plain = async (text: string): Promise<unknown[][]> => [...(await database.sql.unsafe(text).values())];
const INCLUDE = nest({ task: { include: { tag: true } } });

test("the scope's value is added at every level, also to foreign keys that contain its column", async () => {
  const tree = { id: 7, name: "p", task: [{ id: 1, tag: { label: "a" } }, { id: 2 }] };
  await insert(database.sql, mine, "project", tree, { include: INCLUDE });
  expect(await plain("select tenant, id, name from project")).toEqual([[1, 7, "p"]]);
  expect(
    await plain(
      "select t.tenant, t.id, project_id, tag_id, g.tenant from task t left join tag g on g.id = tag_id order by 2",
    ),
  ).toEqual([
    [1, 1, 7, 2, 1],
    [1, 2, 7, null, null],
  ]);
});

test("a value of a different scope is an issue with its path, reported before anything is sent", async () => {
  const { sent, onStatement } = recorder();
  const trees = [{ id: 1 }, { id: 2, task: [{ id: 1, tag: { label: "x", tenant: 2 } }] }];
  await expect(
    insertMany(database.sql, mine, "project", trees, { include: INCLUDE, onStatement }),
  ).rejects.toThrow("project.task[0].tag.tenant, rows[1]: Expected the value of the scope, received 2");
  expect(sent).toEqual([]);
});

test("a nested row cannot refer to a row outside the scope", async () => {
  const tree = { id: 7, task: [{ id: 1, tag_id: 1 }] };
  await expect(insert(database.sql, mine, "project", tree, { include: INCLUDE })).rejects.toThrow(ScopeError);
  expect(await plain("select count(*)::int from project")).toEqual([[0]]);
});
