import type { SQL } from "bun";

const BATCH = 250;

/** Creates tables of 12 columns with a primary key, two indexes and a foreign key, half of them with comments. */
export async function createTables(sql: SQL, count: number): Promise<void> {
  await sql.unsafe("create type state as enum ('new', 'done')");
  for (let from = 0; from < count; from += BATCH) {
    const tables = Array.from({ length: Math.min(BATCH, count - from) }, (_, index) =>
      tableSql(from + index),
    );
    await sql.unsafe(tables.join("\n"));
  }
}

function tableSql(number: number): string {
  const parent = number === 0 ? "" : `references t${number - 1}`;
  const comment = number % 2 === 0 ? `comment on column t${number}.name is 'of table ${number}';` : "";
  return `create table t${number} (
    id int8 generated always as identity primary key, parent_id int8 ${parent}, name varchar(120) not null unique,
    state state not null default 'new', amount numeric(12, 2) check (amount > 0), tags text[], doc jsonb,
    made_at timestamptz not null default now(), on_day date, flag bool, ratio float8, code uuid);
    create index on t${number} (parent_id); ${comment}`;
}
