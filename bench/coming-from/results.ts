import { isDeepStrictEqual } from "node:util";
import type { SQL } from "bun";
import { testDatabase } from "rowfn/testing";
import { MUSIC_STORE_SQL } from "../../examples/music-store/music-store.ts";
import { common, type Results } from "./common-results.ts";
import { sqliteResults } from "./sqlite.ts";
import { INPUT, type Tasks } from "./tasks.ts";

/** The compared libraries. */
export const LIBRARIES = ["drizzle", "kysely", "postgres-js", "prisma", "sqlite-utils"] as const;

export type LibraryName = (typeof LIBRARIES)[number];

// The first update of a customer raises a serialization failure; a sequence is not rolled back.
const CONFLICT = `create sequence attempt;
  create function conflict() returns trigger language plpgsql as $$ begin
    if nextval('attempt') = 1 then raise exception 'could not serialize access' using errcode = '40001'; end if;
    return new;
  end $$;
  create trigger conflict before update on customer for each row execute function conflict()`;

const TEMPLATE = `${MUSIC_STORE_SQL};\n${CONFLICT}`;

/** The inserted tracks, and how often the tier was set. */
async function stored(sql: SQL): Promise<Results> {
  const tracks = await sql`select name, album_id, media_type_id, composer, milliseconds, unit_price, tags
    from track where name like 'new %' order by milliseconds`;
  const [attempts] = await sql`select last_value::int as n from attempt`;
  return { "stored tracks": [...tracks], attempts: attempts.n };
}

async function results(tasks: Tasks): Promise<Results> {
  return {
    byKey: await tasks.byKey(),
    filtered: await tasks.filtered(),
    secondPage: await tasks.secondPage(),
    nested: await tasks.nested(),
    "addAlbum, invalid": await tasks.addAlbum(INPUT.albums[0]),
    addAlbum: await tasks.addAlbum(INPUT.albums[1]),
    upsert: await tasks.upsert(),
    insertTracks: void (await tasks.insertTracks(INPUT.tracks)),
    setTier: await tasks.setTier(),
    perGenre: await tasks.perGenre(),
    bestGenres: await tasks.bestGenres(INPUT.country),
  };
}

// pg's pool settles before its connections are closed, and reports those that the server then terminates as errors.
async function noOtherConnections(sql: SQL): Promise<void> {
  const others = () =>
    sql`select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
  while ((await others()).length > 0) await Bun.sleep(5);
}

async function resultsOf(path: string): Promise<Results> {
  const database = await testDatabase({ template: TEMPLATE, handle: { max: 1 } });
  try {
    const { open } = (await import(path)) as { open: (url: string) => Promise<Tasks> };
    const tasks = await open(database.url);
    try {
      return common({ ...(await results(tasks)), ...(await stored(database.sql)) });
    } finally {
      await tasks.close();
      await noOtherConnections(database.sql);
    }
  } finally {
    await database.drop();
  }
}

const PATHS = {
  drizzle: "./drizzle.ts",
  kysely: "./kysely.ts",
  "postgres-js": "./postgres-js.ts",
  prisma: "./prisma/prisma.ts",
} as const;

/** A task whose result differs from that of rowfn. */
export interface Difference {
  readonly library: LibraryName;
  readonly task: string;
  readonly rowfn: string;
  readonly other: string;
}

/** Runs the tasks with rowfn and with the libraries, and returns the differences. */
export async function differences(libraries: readonly LibraryName[]): Promise<readonly Difference[]> {
  const expected = await resultsOf("./rowfn.ts");
  const found: Difference[] = [];
  for (const library of libraries) {
    const actual = library === "sqlite-utils" ? await sqliteResults() : await resultsOf(PATHS[library]);
    for (const [task, other] of Object.entries(actual)) {
      if (isDeepStrictEqual(other, expected[task])) continue;
      const print = (value: unknown): string => JSON.stringify(value)?.slice(0, 300) ?? "undefined";
      found.push({ library, task, rowfn: print(expected[task]), other: print(other) });
    }
  }
  return found;
}
