// What every library does in the side-by-side run, each in its own best way.

/** A row as it is given to be written. */
export type Line = {
  readonly id: number;
  readonly amount: number;
  readonly name: string;
  readonly price: string;
  readonly tags: readonly string[];
  readonly doc: { readonly a: number; readonly b: string };
  readonly at: Date;
};

/** A library on one pool of `POOL` connections. Single-row writes give back the stored row. */
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
  /** The rows up to a key, of `line` (dates, arrays, JSON) or of `plain` (numbers, texts, booleans). */
  fetch(table: "line" | "plain", upTo: number): Promise<readonly unknown[]>;
  /** Artists up to a key, with `album` and in it `track`, each in the order of its key. */
  nested(upTo: number): Promise<unknown>;
  /** Rows of `target` from CSV, and rows of `line` up to a key as CSV; only where a library can. */
  importCsv?(text: string): Promise<unknown>;
  exportCsv?(upTo: number): Promise<string>;
  close(): Promise<unknown>;
}

export const POOL = 4;

/** In the order of the table; the first is what the others are compared with. */
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

/** Only the libraries asked for are loaded. */
export async function openAdapter(name: AdapterName, url: string): Promise<Adapter> {
  const { open } = (await import(`./adapters/${name}.ts`)) as { open: (url: string) => Promise<Adapter> };
  return await open(url);
}

/** Parts small enough for the 65,535 parameters of one statement. */
export function parts<Item>(items: readonly Item[], size = 5_000): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, part) =>
    items.slice(part * size, (part + 1) * size),
  );
}
