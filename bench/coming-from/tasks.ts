// The twelve tasks in docs/from-*.md. Each library runs them on its own music store; compare.ts compares the rows.

/** A track to insert. */
export interface NewTrack {
  readonly name: string;
  readonly album_id: number;
  readonly media_type_id: number;
  readonly composer: string | null;
  readonly milliseconds: number;
  readonly unit_price: string;
  readonly tags: string[];
}

/** The tasks after the first two, which connect and define the tables. */
export interface Tasks {
  /** The artist with key 7. */
  byKey(): Promise<unknown>;
  /** The three longest tracks of genre 1 over five minutes: `name` and `milliseconds`. */
  filtered(): Promise<unknown>;
  /** The second page of three tracks, the longest first: `track_id` and `milliseconds`. */
  secondPage(): Promise<unknown>;
  /** Artist 1 with two albums and two tracks per album. */
  nested(): Promise<unknown>;
  /** Stores an album of unchecked input and returns it, or returns the names of the invalid columns. */
  addAlbum(input: unknown): Promise<unknown>;
  /** Inserts or updates genre 1 and returns it. */
  upsert(): Promise<unknown>;
  insertTracks(tracks: readonly NewTrack[]): Promise<unknown>;
  /**
   * Sets the tier of customer 7 according to its purchases, retries after a serialization failure, and returns the
   * tier.
   */
  setTier(): Promise<unknown>;
  /** Per genre with over 250 tracks: `genre_id`, `tracks` and `longest`. */
  perGenre(): Promise<unknown>;
  /** The three best-selling genres in a country: `genre` and `revenue`. */
  bestGenres(country: string): Promise<unknown>;
  close(): Promise<unknown>;
}

/** Tracks to insert; the 65,535 parameters of a statement suffice for fewer than 10,000 of them. */
export function newTracks(count: number): NewTrack[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `new ${index}`,
    album_id: 1 + (index % 300),
    media_type_id: 1 + (index % 5),
    composer: index % 3 === 0 ? null : "New Composer",
    milliseconds: 1000 + index,
    unit_price: `${index % 9}.25`,
    tags: index % 2 === 0 ? [] : ["new", 'with "quotes", and commas'],
  }));
}

interface Input {
  readonly albums: readonly [unknown, unknown];
  readonly tracks: readonly NewTrack[];
  readonly country: string;
}

/** The parameters of the tasks. */
export const INPUT: Input = {
  albums: [
    { title: "x".repeat(161), artist_id: "one" },
    { title: "New Album", artist_id: 1 },
  ],
  tracks: newTracks(10_000),
  country: "Sweden",
};
