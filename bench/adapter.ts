// The operations that every library implements, each in its fastest way.

/** A row to write. */
export type Line = {
  readonly id: number;
  readonly amount: number;
  readonly name: string;
  readonly price: string;
  readonly tags: readonly string[];
  readonly doc: { readonly a: number; readonly b: string };
  readonly at: Date;
};

/** A library on a pool of `POOL` connections. Single-row writes return the stored row. */
export interface Adapter {
  get(id: number): Promise<unknown>;
  filtered(amount: number): Promise<unknown>;
  count(amount: number): Promise<unknown>;
  insertOne(line: Line): Promise<unknown>;
  updateOne(id: number, name: string): Promise<unknown>;
  upsertOne(line: Line): Promise<unknown>;
  deleteOne(id: number): Promise<unknown>;
  insertMany(lines: readonly Line[]): Promise<unknown>;
  upsertMany(lines: readonly Line[]): Promise<unknown>;
  /** Reads the rows up to a key of `line` (dates, arrays, JSON) or `plain` (numbers, strings, booleans). */
  fetch(table: "line" | "plain", upTo: number): Promise<readonly unknown[]>;
  /** Reads artists up to a key with their albums and tracks, each in key order. */
  nested(upTo: number): Promise<unknown>;
  /** Imports rows of `target` from CSV, exports rows of `line` up to a key as CSV. Some libraries do not support it. */
  importCsv?(text: string): Promise<unknown>;
  exportCsv?(upTo: number): Promise<string>;
  /** The reads of the server benchmark. Some libraries have no server. */
  serverReads?(pages: number): Promise<ServerReads>;
  close(): Promise<unknown>;
}

/** Reads of a server. */
export interface ServerReads {
  /** Reads an artist with albums and tracks. */
  readonly artist: (id: number) => Promise<unknown>;
  /** Each call reads a keyset page of 50 of the million rows in `entry`, in the order of the keys. */
  readonly pages: readonly (() => Promise<unknown>)[];
}

/** The last keys of the preceding pages. */
export const pageKeys = (pages: number): number[] => Array.from({ length: pages }, (_, page) => page * 50);

export const POOL = 4;

/** The libraries in the order of the table. The first is the reference. */
export const ADAPTERS = [
  "bun-sql",
  "rowfn",
  "postgres.js",
  "pg",
  "kysely",
  "drizzle",
  "slonik",
  "zapatos",
] as const;

export type AdapterName = (typeof ADAPTERS)[number];

/** Loads only the adapter that is opened. */
export async function openAdapter(name: AdapterName, url: string): Promise<Adapter> {
  const { open } = (await import(`./adapters/${name}.ts`)) as { open: (url: string) => Promise<Adapter> };
  return await open(url);
}

/** Splits a list into batches that fit the 65,535 parameters of one statement. */
export function batches<Item>(items: readonly Item[], size = 5_000): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, part) =>
    items.slice(part * size, (part + 1) * size),
  );
}
