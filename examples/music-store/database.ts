// Generated from the database by `rowfn generate`; do not edit.
import { parseSchema, type NestedArray, type SchemaSnapshot } from "rowfn";
import type { CustomerSettings } from "./settings.ts";

export interface AlbumRow {
  album_id: number;
  title: string;
  artist_id: number;
  released_on: string | null;
}

export interface AlbumInsert {
  album_id?: number;
  title: string;
  artist_id: number;
  released_on?: string | null;
}

export interface AlbumUpdate {
  album_id?: number;
  title?: string;
  artist_id?: number;
  released_on?: string | null;
}

/**
 * A view.
 *
 * PostgreSQL does not report which columns are never null.
 */
export interface AlbumOverviewRow {
  album_id: number | null;
  title: string | null;
  artist: string | null;
  tracks: string | null;
  seconds: string | null;
}

export interface AlbumOverviewFilter {
  album_id: number | null;
  title: string | null;
  artist: string | null;
  tracks: string | number | bigint | null;
  seconds: string | number | bigint | null;
}

/** Who made the music: a person or a band */
export interface ArtistRow {
  artist_id: number;
  name: string;
  /** ISO 3166 code of where the artist comes from */
  country: string | null;
}

export interface ArtistInsert {
  artist_id?: number;
  name: string;
  /** ISO 3166 code of where the artist comes from */
  country?: string | null;
}

export interface ArtistUpdate {
  artist_id?: number;
  name?: string;
  /** ISO 3166 code of where the artist comes from */
  country?: string | null;
}

export interface CustomerRow {
  customer_id: number;
  first_name: string;
  last_name: string;
  email: string;
  country: string;
  tier: "free" | "plus" | "pro";
  settings: CustomerSettings;
  support_rep_id: number | null;
  created_at: Date;
  deleted_at: Date | null;
}

export interface CustomerInsert {
  customer_id?: number;
  first_name: string;
  last_name: string;
  email: string;
  country: string;
  /** By default 'free'::public.customer_tier */
  tier?: "free" | "plus" | "pro";
  /** By default '{}'::jsonb */
  settings?: CustomerSettings;
  support_rep_id?: number | null;
  /** By default now() */
  created_at?: Date | string;
  deleted_at?: Date | string | null;
}

export interface CustomerUpdate {
  customer_id?: number;
  first_name?: string;
  last_name?: string;
  email?: string;
  country?: string;
  tier?: "free" | "plus" | "pro";
  settings?: CustomerSettings;
  support_rep_id?: number | null;
  created_at?: Date | string;
  deleted_at?: Date | string | null;
}

export interface CustomerFilter {
  customer_id: number;
  first_name: string;
  last_name: string;
  email: string;
  country: string;
  tier: "free" | "plus" | "pro";
  settings: CustomerSettings;
  support_rep_id: number | null;
  created_at: Date | string;
  deleted_at: Date | string | null;
}

export interface EmployeeRow {
  employee_id: number;
  first_name: string;
  last_name: string;
  title: string;
  reports_to: number | null;
  hired_on: string;
}

export interface EmployeeInsert {
  employee_id: number;
  first_name: string;
  last_name: string;
  title: string;
  reports_to?: number | null;
  hired_on: string;
}

export interface EmployeeUpdate {
  employee_id?: number;
  first_name?: string;
  last_name?: string;
  title?: string;
  reports_to?: number | null;
  hired_on?: string;
}

export interface GenreRow {
  genre_id: number;
  name: string;
}

export interface GenreInsert {
  genre_id: number;
  name: string;
}

export interface GenreUpdate {
  genre_id?: number;
  name?: string;
}

/**
 * A materialized view.
 *
 * PostgreSQL does not report which columns are never null.
 */
export interface GenreSalesRow {
  genre_id: number | null;
  genre: string | null;
  sold: string | null;
  revenue: string | null;
}

export interface GenreSalesFilter {
  genre_id: number | null;
  genre: string | null;
  sold: string | number | bigint | null;
  revenue: string | number | bigint | null;
}

export interface InvoiceRow {
  invoice_id: number;
  customer_id: number;
  invoiced_at: Date;
  billing_country: string | null;
  total: string;
}

export interface InvoiceInsert {
  customer_id: number;
  invoiced_at: Date | string;
  billing_country?: string | null;
  total: string | number | bigint;
}

export interface InvoiceUpdate {
  customer_id?: number;
  invoiced_at?: Date | string;
  billing_country?: string | null;
  total?: string | number | bigint;
}

export interface InvoiceFilter {
  invoice_id: number;
  customer_id: number;
  invoiced_at: Date | string;
  billing_country: string | null;
  total: string | number | bigint;
}

export interface InvoiceLineRow {
  invoice_line_id: number;
  invoice_id: number;
  track_id: number;
  unit_price: string;
  quantity: number;
}

export interface InvoiceLineInsert {
  invoice_line_id?: number;
  invoice_id: number;
  track_id: number;
  unit_price: string | number | bigint;
  quantity: number;
}

export interface InvoiceLineUpdate {
  invoice_line_id?: number;
  invoice_id?: number;
  track_id?: number;
  unit_price?: string | number | bigint;
  quantity?: number;
}

export interface InvoiceLineFilter {
  invoice_line_id: number;
  invoice_id: number;
  track_id: number;
  unit_price: string | number | bigint;
  quantity: number;
}

export interface MediaTypeRow {
  media_type_id: number;
  name: string;
}

export interface MediaTypeInsert {
  media_type_id: number;
  name: string;
}

export interface MediaTypeUpdate {
  media_type_id?: number;
  name?: string;
}

export interface PlaylistRow {
  playlist_id: number;
  name: string;
}

export interface PlaylistInsert {
  playlist_id?: number;
  name: string;
}

export interface PlaylistUpdate {
  playlist_id?: number;
  name?: string;
}

export interface PlaylistTrackRow {
  track_id: number;
  playlist_id: number;
  position: number;
}

export interface PlaylistTrackInsert {
  track_id: number;
  playlist_id: number;
  position: number;
}

export interface PlaylistTrackUpdate {
  track_id?: number;
  playlist_id?: number;
  position?: number;
}

export interface TrackRow {
  track_id: number;
  name: string;
  album_id: number;
  media_type_id: number;
  genre_id: number | null;
  composer: string | null;
  milliseconds: number;
  bytes: string | null;
  unit_price: string;
  tags: (string | null)[];
  seconds: number;
}

export interface TrackInsert {
  track_id?: number;
  name: string;
  album_id: number;
  media_type_id: number;
  genre_id?: number | null;
  composer?: string | null;
  milliseconds: number;
  bytes?: string | number | bigint | null;
  /** By default 0.99 */
  unit_price?: string | number | bigint;
  /** By default '{}'::text[] */
  tags?: NestedArray<string>;
}

export interface TrackUpdate {
  track_id?: number;
  name?: string;
  album_id?: number;
  media_type_id?: number;
  genre_id?: number | null;
  composer?: string | null;
  milliseconds?: number;
  bytes?: string | number | bigint | null;
  unit_price?: string | number | bigint;
  tags?: NestedArray<string>;
}

export interface TrackFilter {
  track_id: number;
  name: string;
  album_id: number;
  media_type_id: number;
  genre_id: number | null;
  composer: string | null;
  milliseconds: number;
  bytes: string | number | bigint | null;
  unit_price: string | number | bigint;
  tags: NestedArray<string>;
  seconds: number;
}

export interface Tables {
  album: {
    row: AlbumRow;
    insert: AlbumInsert;
    update: AlbumUpdate;
    key: number | { album_id: number };
    keyRow: { album_id: number };
    relations: {
      artist: { table: "artist"; many: false };
      genre: { table: "genre"; many: true };
      media_type: { table: "media_type"; many: true };
      track: { table: "track"; many: true };
    };
  };
  album_overview: {
    row: AlbumOverviewRow;
    insert: never;
    update: never;
    filter: AlbumOverviewFilter;
    key: never;
    keyRow: never;
    relations: {};
  };
  artist: {
    row: ArtistRow;
    insert: ArtistInsert;
    update: ArtistUpdate;
    key: number | { artist_id: number };
    keyRow: { artist_id: number };
    relations: {
      album: { table: "album"; many: true };
    };
  };
  customer: {
    row: CustomerRow;
    insert: CustomerInsert;
    update: CustomerUpdate;
    filter: CustomerFilter;
    key: number | { customer_id: number };
    keyRow: { customer_id: number };
    relations: {
      employee: { table: "employee"; many: false };
      invoice: { table: "invoice"; many: true };
    };
  };
  employee: {
    row: EmployeeRow;
    insert: EmployeeInsert;
    update: EmployeeUpdate;
    key: number | { employee_id: number };
    keyRow: { employee_id: number };
    relations: {
      customer: { table: "customer"; many: true };
    };
  };
  genre: {
    row: GenreRow;
    insert: GenreInsert;
    update: GenreUpdate;
    key: number | { genre_id: number };
    keyRow: { genre_id: number };
    relations: {
      album: { table: "album"; many: true };
      media_type: { table: "media_type"; many: true };
      track: { table: "track"; many: true };
    };
  };
  genre_sales: {
    row: GenreSalesRow;
    insert: never;
    update: never;
    filter: GenreSalesFilter;
    key: never;
    keyRow: never;
    relations: {};
  };
  invoice: {
    row: InvoiceRow;
    insert: InvoiceInsert;
    update: InvoiceUpdate;
    filter: InvoiceFilter;
    key: number | { invoice_id: number };
    keyRow: { invoice_id: number };
    relations: {
      customer: { table: "customer"; many: false };
      invoice_line: { table: "invoice_line"; many: true };
      track: { table: "track"; many: true };
    };
  };
  invoice_line: {
    row: InvoiceLineRow;
    insert: InvoiceLineInsert;
    update: InvoiceLineUpdate;
    filter: InvoiceLineFilter;
    key: number | { invoice_line_id: number };
    keyRow: { invoice_line_id: number };
    relations: {
      invoice: { table: "invoice"; many: false };
      track: { table: "track"; many: false };
    };
  };
  media_type: {
    row: MediaTypeRow;
    insert: MediaTypeInsert;
    update: MediaTypeUpdate;
    key: number | { media_type_id: number };
    keyRow: { media_type_id: number };
    relations: {
      album: { table: "album"; many: true };
      genre: { table: "genre"; many: true };
      track: { table: "track"; many: true };
    };
  };
  playlist: {
    row: PlaylistRow;
    insert: PlaylistInsert;
    update: PlaylistUpdate;
    key: number | { playlist_id: number };
    keyRow: { playlist_id: number };
    relations: {
      playlist_track: { table: "playlist_track"; many: true };
      track: { table: "track"; many: true };
    };
  };
  playlist_track: {
    row: PlaylistTrackRow;
    insert: PlaylistTrackInsert;
    update: PlaylistTrackUpdate;
    key: readonly [number, number] | { playlist_id: number; track_id: number };
    keyRow: { playlist_id: number; track_id: number };
    relations: {
      playlist: { table: "playlist"; many: false };
      track: { table: "track"; many: false };
    };
  };
  track: {
    row: TrackRow;
    insert: TrackInsert;
    update: TrackUpdate;
    filter: TrackFilter;
    key: number | { track_id: number };
    keyRow: { track_id: number };
    relations: {
      album: { table: "album"; many: false };
      genre: { table: "genre"; many: false };
      invoice: { table: "invoice"; many: true };
      invoice_line: { table: "invoice_line"; many: true };
      media_type: { table: "media_type"; many: false };
      playlist: { table: "playlist"; many: true };
      playlist_track: { table: "playlist_track"; many: true };
    };
  };
}

/** The snapshot from which this module was generated. */
export const schema: SchemaSnapshot<Tables> = parseSchema<Tables>("{\"formatVersion\":1,\"serverVersionNum\":180004,\"database\":\"music_store\",\"role\":\"postgres\",\"schemas\":[\"public\"],\"searchPath\":[\"public\"],\"relations\":[{\"schema\":\"public\",\"name\":\"album\",\"key\":\"album\",\"kind\":\"table\",\"persistence\":\"permanent\",\"extension\":null,\"isVisible\":true,\"isPartition\":false,\"partitionKey\":null,\"partitionBound\":null,\"parents\":[],\"comment\":null,\"options\":[],\"definition\":null,\"dependsOn\":[],\"privileges\":{\"select\":true,\"insert\":true,\"update\":true,\"delete\":true},\"updatable\":{\"insert\":true,\"update\":true,\"delete\":true},\"rowSecurity\":\"off\",\"rowSecurityActive\":false,\"policies\":0,\"triggers\":{\"insert\":false,\"delete\":false,\"update\":false,\"instead\":false,\"fillsInsert\":false},\"hasRules\":false,\"columns\":[{\"name\":\"album_id\",\"position\":1,\"type\":\"integer\",\"typeKey\":\"int4\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":\"byDefault\",\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"title\",\"position\":2,\"type\":\"character varying(160)\",\"typeKey\":\"varchar\",\"typmod\":164,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"artist_id\",\"position\":3,\"type\":\"integer\",\"typeKey\":\"int4\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"released_on\",\"position\":4,\"type\":\"date\",\"typeKey\":\"date\",\"typmod\":-1,\"dimensions\":0,\"notNull\":false,\"nullOnRead\":\"possible\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false}],\"primaryKey\":{\"name\":\"album_pkey\",\"columns\":[\"album_id\"],\"expressions\":[],\"keyOptions\":[],\"include\":[],\"predicate\":null,\"method\":\"btree\",\"options\":[],\"valid\":true,\"comment\":null,\"isConstraint\":true,\"deferrable\":false,\"initiallyDeferred\":false,\"nullsNotDistinct\":false,\"period\":false,\"conflictTarget\":\"doUpdate\"},\"uniqueKeys\":[{\"name\":\"album_artist_id_title_key\",\"columns\":[\"artist_id\",\"title\"],\"expressions\":[],\"keyOptions\":[],\"include\":[],\"predicate\":null,\"method\":\"btree\",\"options\":[],\"valid\":true,\"comment\":null,\"isConstraint\":true,\"deferrable\":false,\"initiallyDeferred\":false,\"nullsNotDistinct\":false,\"period\":false,\"conflictTarget\":\"doUpdate\"}],\"indexes\":[],\"foreignKeys\":[{\"name\":\"album_artist_id_fkey\",\"columns\":[\"artist_id\"],\"references\":{\"schema\":\"public\",\"name\":\"artist\",\"columns\":[\"artist_id\"]},\"onUpdate\":\"noAction\",\"onDelete\":\"noAction\",\"deleteSetColumns\":null,\"match\":\"simple\",\"deferrable\":false,\"initiallyDeferred\":false,\"validated\":true,\"enforced\":true,\"period\":false,\"isInherited\":false,\"comment\":null}],\"checks\":[],\"exclusions\":[]},{\"schema\":\"public\",\"name\":\"album_overview\",\"key\":\"album_overview\",\"kind\":\"view\",\"persistence\":\"permanent\",\"extension\":null,\"isVisible\":true,\"isPartition\":false,\"partitionKey\":null,\"partitionBound\":null,\"parents\":[],\"comment\":null,\"options\":[],\"definition\":\"SELECT album.album_id,\\n    album.title,\\n    artist.name AS artist,\\n    count(track.track_id) AS tracks,\\n    sum(track.seconds) AS seconds\\n   FROM ((public.album\\n     JOIN public.artist USING (artist_id))\\n     LEFT JOIN public.track USING (album_id))\\n  GROUP BY album.album_id, album.title, artist.name\",\"dependsOn\":[{\"schema\":\"public\",\"name\":\"album\"},{\"schema\":\"public\",\"name\":\"artist\"},{\"schema\":\"public\",\"name\":\"track\"}],\"privileges\":{\"select\":true,\"insert\":true,\"update\":true,\"delete\":true},\"updatable\":{\"insert\":false,\"update\":false,\"delete\":false},\"rowSecurity\":\"off\",\"rowSecurityActive\":false,\"policies\":0,\"triggers\":{\"insert\":false,\"delete\":false,\"update\":false,\"instead\":false,\"fillsInsert\":false},\"hasRules\":false,\"columns\":[{\"name\":\"album_id\",\"position\":1,\"type\":\"integer\",\"typeKey\":\"int4\",\"typmod\":-1,\"dimensions\":0,\"notNull\":false,\"nullOnRead\":\"unknown\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":false,\"isInherited\":false},{\"name\":\"title\",\"position\":2,\"type\":\"character varying(160)\",\"typeKey\":\"varchar\",\"typmod\":164,\"dimensions\":0,\"notNull\":false,\"nullOnRead\":\"unknown\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":false,\"isInherited\":false},{\"name\":\"artist\",\"position\":3,\"type\":\"text\",\"typeKey\":\"text\",\"typmod\":-1,\"dimensions\":0,\"notNull\":false,\"nullOnRead\":\"unknown\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":false,\"isInherited\":false},{\"name\":\"tracks\",\"position\":4,\"type\":\"bigint\",\"typeKey\":\"int8\",\"typmod\":-1,\"dimensions\":0,\"notNull\":false,\"nullOnRead\":\"unknown\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":false,\"isInherited\":false},{\"name\":\"seconds\",\"position\":5,\"type\":\"bigint\",\"typeKey\":\"int8\",\"typmod\":-1,\"dimensions\":0,\"notNull\":false,\"nullOnRead\":\"unknown\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":false,\"isInherited\":false}],\"primaryKey\":null,\"uniqueKeys\":[],\"indexes\":[],\"foreignKeys\":[],\"checks\":[],\"exclusions\":[]},{\"schema\":\"public\",\"name\":\"artist\",\"key\":\"artist\",\"kind\":\"table\",\"persistence\":\"permanent\",\"extension\":null,\"isVisible\":true,\"isPartition\":false,\"partitionKey\":null,\"partitionBound\":null,\"parents\":[],\"comment\":\"Who made the music: a person or a band\",\"options\":[],\"definition\":null,\"dependsOn\":[],\"privileges\":{\"select\":true,\"insert\":true,\"update\":true,\"delete\":true},\"updatable\":{\"insert\":true,\"update\":true,\"delete\":true},\"rowSecurity\":\"off\",\"rowSecurityActive\":false,\"policies\":0,\"triggers\":{\"insert\":false,\"delete\":false,\"update\":false,\"instead\":false,\"fillsInsert\":false},\"hasRules\":false,\"columns\":[{\"name\":\"artist_id\",\"position\":1,\"type\":\"integer\",\"typeKey\":\"int4\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":\"byDefault\",\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"name\",\"position\":2,\"type\":\"text\",\"typeKey\":\"text\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"country\",\"position\":3,\"type\":\"character(2)\",\"typeKey\":\"bpchar\",\"typmod\":6,\"dimensions\":0,\"notNull\":false,\"nullOnRead\":\"possible\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":\"ISO 3166 code of where the artist comes from\",\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false}],\"primaryKey\":{\"name\":\"artist_pkey\",\"columns\":[\"artist_id\"],\"expressions\":[],\"keyOptions\":[],\"include\":[],\"predicate\":null,\"method\":\"btree\",\"options\":[],\"valid\":true,\"comment\":null,\"isConstraint\":true,\"deferrable\":false,\"initiallyDeferred\":false,\"nullsNotDistinct\":false,\"period\":false,\"conflictTarget\":\"doUpdate\"},\"uniqueKeys\":[],\"indexes\":[],\"foreignKeys\":[],\"checks\":[],\"exclusions\":[]},{\"schema\":\"public\",\"name\":\"customer\",\"key\":\"customer\",\"kind\":\"table\",\"persistence\":\"permanent\",\"extension\":null,\"isVisible\":true,\"isPartition\":false,\"partitionKey\":null,\"partitionBound\":null,\"parents\":[],\"comment\":null,\"options\":[],\"definition\":null,\"dependsOn\":[],\"privileges\":{\"select\":true,\"insert\":true,\"update\":true,\"delete\":true},\"updatable\":{\"insert\":true,\"update\":true,\"delete\":true},\"rowSecurity\":\"off\",\"rowSecurityActive\":false,\"policies\":0,\"triggers\":{\"insert\":false,\"delete\":false,\"update\":false,\"instead\":false,\"fillsInsert\":false},\"hasRules\":false,\"columns\":[{\"name\":\"customer_id\",\"position\":1,\"type\":\"integer\",\"typeKey\":\"int4\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":\"byDefault\",\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"first_name\",\"position\":2,\"type\":\"text\",\"typeKey\":\"text\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"last_name\",\"position\":3,\"type\":\"text\",\"typeKey\":\"text\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"email\",\"position\":4,\"type\":\"text\",\"typeKey\":\"text\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"country\",\"position\":5,\"type\":\"text\",\"typeKey\":\"text\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"tier\",\"position\":6,\"type\":\"public.customer_tier\",\"typeKey\":\"public.customer_tier\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":\"'free'::public.customer_tier\",\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"settings\",\"position\":7,\"type\":\"jsonb\",\"typeKey\":\"jsonb\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":\"'{}'::jsonb\",\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"support_rep_id\",\"position\":8,\"type\":\"integer\",\"typeKey\":\"int4\",\"typmod\":-1,\"dimensions\":0,\"notNull\":false,\"nullOnRead\":\"possible\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"created_at\",\"position\":9,\"type\":\"timestamp with time zone\",\"typeKey\":\"timestamptz\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":\"now()\",\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"deleted_at\",\"position\":10,\"type\":\"timestamp with time zone\",\"typeKey\":\"timestamptz\",\"typmod\":-1,\"dimensions\":0,\"notNull\":false,\"nullOnRead\":\"possible\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false}],\"primaryKey\":{\"name\":\"customer_pkey\",\"columns\":[\"customer_id\"],\"expressions\":[],\"keyOptions\":[],\"include\":[],\"predicate\":null,\"method\":\"btree\",\"options\":[],\"valid\":true,\"comment\":null,\"isConstraint\":true,\"deferrable\":false,\"initiallyDeferred\":false,\"nullsNotDistinct\":false,\"period\":false,\"conflictTarget\":\"doUpdate\"},\"uniqueKeys\":[{\"name\":\"customer_email_key\",\"columns\":[\"email\"],\"expressions\":[],\"keyOptions\":[],\"include\":[],\"predicate\":\"(deleted_at IS NULL)\",\"method\":\"btree\",\"options\":[],\"valid\":true,\"comment\":null,\"isConstraint\":false,\"deferrable\":false,\"initiallyDeferred\":false,\"nullsNotDistinct\":false,\"period\":false,\"conflictTarget\":\"doUpdate\"}],\"indexes\":[],\"foreignKeys\":[{\"name\":\"customer_support_rep_id_fkey\",\"columns\":[\"support_rep_id\"],\"references\":{\"schema\":\"public\",\"name\":\"employee\",\"columns\":[\"employee_id\"]},\"onUpdate\":\"noAction\",\"onDelete\":\"setNull\",\"deleteSetColumns\":null,\"match\":\"simple\",\"deferrable\":false,\"initiallyDeferred\":false,\"validated\":true,\"enforced\":true,\"period\":false,\"isInherited\":false,\"comment\":null}],\"checks\":[{\"name\":\"customer_email_check\",\"columns\":[\"email\"],\"expression\":\"(email ~~ '%@%'::text)\",\"validated\":true,\"enforced\":true,\"noInherit\":false,\"comment\":null}],\"exclusions\":[]},{\"schema\":\"public\",\"name\":\"employee\",\"key\":\"employee\",\"kind\":\"table\",\"persistence\":\"permanent\",\"extension\":null,\"isVisible\":true,\"isPartition\":false,\"partitionKey\":null,\"partitionBound\":null,\"parents\":[],\"comment\":null,\"options\":[],\"definition\":null,\"dependsOn\":[],\"privileges\":{\"select\":true,\"insert\":true,\"update\":true,\"delete\":true},\"updatable\":{\"insert\":true,\"update\":true,\"delete\":true},\"rowSecurity\":\"off\",\"rowSecurityActive\":false,\"policies\":0,\"triggers\":{\"insert\":false,\"delete\":false,\"update\":false,\"instead\":false,\"fillsInsert\":false},\"hasRules\":false,\"columns\":[{\"name\":\"employee_id\",\"position\":1,\"type\":\"integer\",\"typeKey\":\"int4\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"first_name\",\"position\":2,\"type\":\"text\",\"typeKey\":\"text\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"last_name\",\"position\":3,\"type\":\"text\",\"typeKey\":\"text\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"title\",\"position\":4,\"type\":\"text\",\"typeKey\":\"text\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"reports_to\",\"position\":5,\"type\":\"integer\",\"typeKey\":\"int4\",\"typmod\":-1,\"dimensions\":0,\"notNull\":false,\"nullOnRead\":\"possible\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"hired_on\",\"position\":6,\"type\":\"date\",\"typeKey\":\"date\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false}],\"primaryKey\":{\"name\":\"employee_pkey\",\"columns\":[\"employee_id\"],\"expressions\":[],\"keyOptions\":[],\"include\":[],\"predicate\":null,\"method\":\"btree\",\"options\":[],\"valid\":true,\"comment\":null,\"isConstraint\":true,\"deferrable\":false,\"initiallyDeferred\":false,\"nullsNotDistinct\":false,\"period\":false,\"conflictTarget\":\"doUpdate\"},\"uniqueKeys\":[],\"indexes\":[],\"foreignKeys\":[{\"name\":\"employee_reports_to_fkey\",\"columns\":[\"reports_to\"],\"references\":{\"schema\":\"public\",\"name\":\"employee\",\"columns\":[\"employee_id\"]},\"onUpdate\":\"noAction\",\"onDelete\":\"noAction\",\"deleteSetColumns\":null,\"match\":\"simple\",\"deferrable\":false,\"initiallyDeferred\":false,\"validated\":true,\"enforced\":true,\"period\":false,\"isInherited\":false,\"comment\":null}],\"checks\":[],\"exclusions\":[]},{\"schema\":\"public\",\"name\":\"genre\",\"key\":\"genre\",\"kind\":\"table\",\"persistence\":\"permanent\",\"extension\":null,\"isVisible\":true,\"isPartition\":false,\"partitionKey\":null,\"partitionBound\":null,\"parents\":[],\"comment\":null,\"options\":[],\"definition\":null,\"dependsOn\":[],\"privileges\":{\"select\":true,\"insert\":true,\"update\":true,\"delete\":true},\"updatable\":{\"insert\":true,\"update\":true,\"delete\":true},\"rowSecurity\":\"off\",\"rowSecurityActive\":false,\"policies\":0,\"triggers\":{\"insert\":false,\"delete\":false,\"update\":false,\"instead\":false,\"fillsInsert\":false},\"hasRules\":false,\"columns\":[{\"name\":\"genre_id\",\"position\":1,\"type\":\"integer\",\"typeKey\":\"int4\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"name\",\"position\":2,\"type\":\"text\",\"typeKey\":\"text\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false}],\"primaryKey\":{\"name\":\"genre_pkey\",\"columns\":[\"genre_id\"],\"expressions\":[],\"keyOptions\":[],\"include\":[],\"predicate\":null,\"method\":\"btree\",\"options\":[],\"valid\":true,\"comment\":null,\"isConstraint\":true,\"deferrable\":false,\"initiallyDeferred\":false,\"nullsNotDistinct\":false,\"period\":false,\"conflictTarget\":\"doUpdate\"},\"uniqueKeys\":[{\"name\":\"genre_name_key\",\"columns\":[\"name\"],\"expressions\":[],\"keyOptions\":[],\"include\":[],\"predicate\":null,\"method\":\"btree\",\"options\":[],\"valid\":true,\"comment\":null,\"isConstraint\":true,\"deferrable\":false,\"initiallyDeferred\":false,\"nullsNotDistinct\":false,\"period\":false,\"conflictTarget\":\"doUpdate\"}],\"indexes\":[],\"foreignKeys\":[],\"checks\":[],\"exclusions\":[]},{\"schema\":\"public\",\"name\":\"genre_sales\",\"key\":\"genre_sales\",\"kind\":\"materializedView\",\"persistence\":\"permanent\",\"extension\":null,\"isVisible\":true,\"isPartition\":false,\"partitionKey\":null,\"partitionBound\":null,\"parents\":[],\"comment\":null,\"options\":[],\"definition\":\"SELECT track.genre_id,\\n    genre.name AS genre,\\n    sum(invoice_line.quantity) AS sold,\\n    sum(((invoice_line.unit_price)::numeric * (invoice_line.quantity)::numeric)) AS revenue\\n   FROM ((public.invoice_line\\n     JOIN public.track USING (track_id))\\n     JOIN public.genre USING (genre_id))\\n  GROUP BY track.genre_id, genre.name\",\"dependsOn\":[{\"schema\":\"public\",\"name\":\"genre\"},{\"schema\":\"public\",\"name\":\"invoice_line\"},{\"schema\":\"public\",\"name\":\"track\"}],\"privileges\":{\"select\":true,\"insert\":true,\"update\":true,\"delete\":true},\"updatable\":{\"insert\":false,\"update\":false,\"delete\":false},\"rowSecurity\":\"off\",\"rowSecurityActive\":false,\"policies\":0,\"triggers\":{\"insert\":false,\"delete\":false,\"update\":false,\"instead\":false,\"fillsInsert\":false},\"hasRules\":false,\"columns\":[{\"name\":\"genre_id\",\"position\":1,\"type\":\"integer\",\"typeKey\":\"int4\",\"typmod\":-1,\"dimensions\":0,\"notNull\":false,\"nullOnRead\":\"unknown\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":false,\"isInherited\":false},{\"name\":\"genre\",\"position\":2,\"type\":\"text\",\"typeKey\":\"text\",\"typmod\":-1,\"dimensions\":0,\"notNull\":false,\"nullOnRead\":\"unknown\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":false,\"isInherited\":false},{\"name\":\"sold\",\"position\":3,\"type\":\"bigint\",\"typeKey\":\"int8\",\"typmod\":-1,\"dimensions\":0,\"notNull\":false,\"nullOnRead\":\"unknown\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":false,\"isInherited\":false},{\"name\":\"revenue\",\"position\":4,\"type\":\"numeric\",\"typeKey\":\"numeric\",\"typmod\":-1,\"dimensions\":0,\"notNull\":false,\"nullOnRead\":\"unknown\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":false,\"isInherited\":false}],\"primaryKey\":null,\"uniqueKeys\":[{\"name\":\"genre_sales_genre_id_idx\",\"columns\":[\"genre_id\"],\"expressions\":[],\"keyOptions\":[],\"include\":[],\"predicate\":null,\"method\":\"btree\",\"options\":[],\"valid\":true,\"comment\":null,\"isConstraint\":false,\"deferrable\":false,\"initiallyDeferred\":false,\"nullsNotDistinct\":false,\"period\":false,\"conflictTarget\":\"doUpdate\"}],\"indexes\":[],\"foreignKeys\":[],\"checks\":[],\"exclusions\":[]},{\"schema\":\"public\",\"name\":\"invoice\",\"key\":\"invoice\",\"kind\":\"table\",\"persistence\":\"permanent\",\"extension\":null,\"isVisible\":true,\"isPartition\":false,\"partitionKey\":null,\"partitionBound\":null,\"parents\":[],\"comment\":null,\"options\":[],\"definition\":null,\"dependsOn\":[],\"privileges\":{\"select\":true,\"insert\":true,\"update\":true,\"delete\":true},\"updatable\":{\"insert\":true,\"update\":true,\"delete\":true},\"rowSecurity\":\"off\",\"rowSecurityActive\":false,\"policies\":0,\"triggers\":{\"insert\":false,\"delete\":false,\"update\":false,\"instead\":false,\"fillsInsert\":false},\"hasRules\":false,\"columns\":[{\"name\":\"invoice_id\",\"position\":1,\"type\":\"integer\",\"typeKey\":\"int4\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":\"always\",\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"customer_id\",\"position\":2,\"type\":\"integer\",\"typeKey\":\"int4\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"invoiced_at\",\"position\":3,\"type\":\"timestamp with time zone\",\"typeKey\":\"timestamptz\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"billing_country\",\"position\":4,\"type\":\"text\",\"typeKey\":\"text\",\"typmod\":-1,\"dimensions\":0,\"notNull\":false,\"nullOnRead\":\"possible\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"total\",\"position\":5,\"type\":\"public.price\",\"typeKey\":\"public.price\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false}],\"primaryKey\":{\"name\":\"invoice_pkey\",\"columns\":[\"invoice_id\"],\"expressions\":[],\"keyOptions\":[],\"include\":[],\"predicate\":null,\"method\":\"btree\",\"options\":[],\"valid\":true,\"comment\":null,\"isConstraint\":true,\"deferrable\":false,\"initiallyDeferred\":false,\"nullsNotDistinct\":false,\"period\":false,\"conflictTarget\":\"doUpdate\"},\"uniqueKeys\":[],\"indexes\":[{\"name\":\"invoice_customer_id_idx\",\"columns\":[\"customer_id\"],\"expressions\":[],\"keyOptions\":[],\"include\":[],\"predicate\":null,\"method\":\"btree\",\"options\":[],\"valid\":true,\"comment\":null}],\"foreignKeys\":[{\"name\":\"invoice_customer_id_fkey\",\"columns\":[\"customer_id\"],\"references\":{\"schema\":\"public\",\"name\":\"customer\",\"columns\":[\"customer_id\"]},\"onUpdate\":\"noAction\",\"onDelete\":\"noAction\",\"deleteSetColumns\":null,\"match\":\"simple\",\"deferrable\":false,\"initiallyDeferred\":false,\"validated\":true,\"enforced\":true,\"period\":false,\"isInherited\":false,\"comment\":null}],\"checks\":[],\"exclusions\":[]},{\"schema\":\"public\",\"name\":\"invoice_line\",\"key\":\"invoice_line\",\"kind\":\"table\",\"persistence\":\"permanent\",\"extension\":null,\"isVisible\":true,\"isPartition\":false,\"partitionKey\":null,\"partitionBound\":null,\"parents\":[],\"comment\":null,\"options\":[],\"definition\":null,\"dependsOn\":[],\"privileges\":{\"select\":true,\"insert\":true,\"update\":true,\"delete\":true},\"updatable\":{\"insert\":true,\"update\":true,\"delete\":true},\"rowSecurity\":\"off\",\"rowSecurityActive\":false,\"policies\":0,\"triggers\":{\"insert\":false,\"delete\":false,\"update\":false,\"instead\":false,\"fillsInsert\":false},\"hasRules\":false,\"columns\":[{\"name\":\"invoice_line_id\",\"position\":1,\"type\":\"integer\",\"typeKey\":\"int4\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":\"byDefault\",\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"invoice_id\",\"position\":2,\"type\":\"integer\",\"typeKey\":\"int4\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"track_id\",\"position\":3,\"type\":\"integer\",\"typeKey\":\"int4\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"unit_price\",\"position\":4,\"type\":\"public.price\",\"typeKey\":\"public.price\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"quantity\",\"position\":5,\"type\":\"smallint\",\"typeKey\":\"int2\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false}],\"primaryKey\":{\"name\":\"invoice_line_pkey\",\"columns\":[\"invoice_line_id\"],\"expressions\":[],\"keyOptions\":[],\"include\":[],\"predicate\":null,\"method\":\"btree\",\"options\":[],\"valid\":true,\"comment\":null,\"isConstraint\":true,\"deferrable\":false,\"initiallyDeferred\":false,\"nullsNotDistinct\":false,\"period\":false,\"conflictTarget\":\"doUpdate\"},\"uniqueKeys\":[],\"indexes\":[{\"name\":\"invoice_line_invoice_id_idx\",\"columns\":[\"invoice_id\"],\"expressions\":[],\"keyOptions\":[],\"include\":[],\"predicate\":null,\"method\":\"btree\",\"options\":[],\"valid\":true,\"comment\":null}],\"foreignKeys\":[{\"name\":\"invoice_line_invoice_id_fkey\",\"columns\":[\"invoice_id\"],\"references\":{\"schema\":\"public\",\"name\":\"invoice\",\"columns\":[\"invoice_id\"]},\"onUpdate\":\"noAction\",\"onDelete\":\"cascade\",\"deleteSetColumns\":null,\"match\":\"simple\",\"deferrable\":false,\"initiallyDeferred\":false,\"validated\":true,\"enforced\":true,\"period\":false,\"isInherited\":false,\"comment\":null},{\"name\":\"invoice_line_track_id_fkey\",\"columns\":[\"track_id\"],\"references\":{\"schema\":\"public\",\"name\":\"track\",\"columns\":[\"track_id\"]},\"onUpdate\":\"noAction\",\"onDelete\":\"noAction\",\"deleteSetColumns\":null,\"match\":\"simple\",\"deferrable\":false,\"initiallyDeferred\":false,\"validated\":true,\"enforced\":true,\"period\":false,\"isInherited\":false,\"comment\":null}],\"checks\":[{\"name\":\"invoice_line_quantity_check\",\"columns\":[\"quantity\"],\"expression\":\"((quantity >= 1) AND (quantity <= 100))\",\"validated\":true,\"enforced\":true,\"noInherit\":false,\"comment\":null}],\"exclusions\":[]},{\"schema\":\"public\",\"name\":\"media_type\",\"key\":\"media_type\",\"kind\":\"table\",\"persistence\":\"permanent\",\"extension\":null,\"isVisible\":true,\"isPartition\":false,\"partitionKey\":null,\"partitionBound\":null,\"parents\":[],\"comment\":null,\"options\":[],\"definition\":null,\"dependsOn\":[],\"privileges\":{\"select\":true,\"insert\":true,\"update\":true,\"delete\":true},\"updatable\":{\"insert\":true,\"update\":true,\"delete\":true},\"rowSecurity\":\"off\",\"rowSecurityActive\":false,\"policies\":0,\"triggers\":{\"insert\":false,\"delete\":false,\"update\":false,\"instead\":false,\"fillsInsert\":false},\"hasRules\":false,\"columns\":[{\"name\":\"media_type_id\",\"position\":1,\"type\":\"integer\",\"typeKey\":\"int4\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"name\",\"position\":2,\"type\":\"text\",\"typeKey\":\"text\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false}],\"primaryKey\":{\"name\":\"media_type_pkey\",\"columns\":[\"media_type_id\"],\"expressions\":[],\"keyOptions\":[],\"include\":[],\"predicate\":null,\"method\":\"btree\",\"options\":[],\"valid\":true,\"comment\":null,\"isConstraint\":true,\"deferrable\":false,\"initiallyDeferred\":false,\"nullsNotDistinct\":false,\"period\":false,\"conflictTarget\":\"doUpdate\"},\"uniqueKeys\":[{\"name\":\"media_type_name_key\",\"columns\":[\"name\"],\"expressions\":[],\"keyOptions\":[],\"include\":[],\"predicate\":null,\"method\":\"btree\",\"options\":[],\"valid\":true,\"comment\":null,\"isConstraint\":true,\"deferrable\":false,\"initiallyDeferred\":false,\"nullsNotDistinct\":false,\"period\":false,\"conflictTarget\":\"doUpdate\"}],\"indexes\":[],\"foreignKeys\":[],\"checks\":[],\"exclusions\":[]},{\"schema\":\"public\",\"name\":\"playlist\",\"key\":\"playlist\",\"kind\":\"table\",\"persistence\":\"permanent\",\"extension\":null,\"isVisible\":true,\"isPartition\":false,\"partitionKey\":null,\"partitionBound\":null,\"parents\":[],\"comment\":null,\"options\":[],\"definition\":null,\"dependsOn\":[],\"privileges\":{\"select\":true,\"insert\":true,\"update\":true,\"delete\":true},\"updatable\":{\"insert\":true,\"update\":true,\"delete\":true},\"rowSecurity\":\"off\",\"rowSecurityActive\":false,\"policies\":0,\"triggers\":{\"insert\":false,\"delete\":false,\"update\":false,\"instead\":false,\"fillsInsert\":false},\"hasRules\":false,\"columns\":[{\"name\":\"playlist_id\",\"position\":1,\"type\":\"integer\",\"typeKey\":\"int4\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":\"byDefault\",\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"name\",\"position\":2,\"type\":\"character varying(120)\",\"typeKey\":\"varchar\",\"typmod\":124,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false}],\"primaryKey\":{\"name\":\"playlist_pkey\",\"columns\":[\"playlist_id\"],\"expressions\":[],\"keyOptions\":[],\"include\":[],\"predicate\":null,\"method\":\"btree\",\"options\":[],\"valid\":true,\"comment\":null,\"isConstraint\":true,\"deferrable\":false,\"initiallyDeferred\":false,\"nullsNotDistinct\":false,\"period\":false,\"conflictTarget\":\"doUpdate\"},\"uniqueKeys\":[],\"indexes\":[],\"foreignKeys\":[],\"checks\":[],\"exclusions\":[]},{\"schema\":\"public\",\"name\":\"playlist_track\",\"key\":\"playlist_track\",\"kind\":\"table\",\"persistence\":\"permanent\",\"extension\":null,\"isVisible\":true,\"isPartition\":false,\"partitionKey\":null,\"partitionBound\":null,\"parents\":[],\"comment\":null,\"options\":[],\"definition\":null,\"dependsOn\":[],\"privileges\":{\"select\":true,\"insert\":true,\"update\":true,\"delete\":true},\"updatable\":{\"insert\":true,\"update\":true,\"delete\":true},\"rowSecurity\":\"off\",\"rowSecurityActive\":false,\"policies\":0,\"triggers\":{\"insert\":false,\"delete\":false,\"update\":false,\"instead\":false,\"fillsInsert\":false},\"hasRules\":false,\"columns\":[{\"name\":\"track_id\",\"position\":1,\"type\":\"integer\",\"typeKey\":\"int4\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"playlist_id\",\"position\":2,\"type\":\"integer\",\"typeKey\":\"int4\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"position\",\"position\":3,\"type\":\"integer\",\"typeKey\":\"int4\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false}],\"primaryKey\":{\"name\":\"playlist_track_pkey\",\"columns\":[\"playlist_id\",\"track_id\"],\"expressions\":[],\"keyOptions\":[],\"include\":[],\"predicate\":null,\"method\":\"btree\",\"options\":[],\"valid\":true,\"comment\":null,\"isConstraint\":true,\"deferrable\":false,\"initiallyDeferred\":false,\"nullsNotDistinct\":false,\"period\":false,\"conflictTarget\":\"doUpdate\"},\"uniqueKeys\":[{\"name\":\"playlist_track_playlist_id_position_key\",\"columns\":[\"playlist_id\",\"position\"],\"expressions\":[],\"keyOptions\":[],\"include\":[],\"predicate\":null,\"method\":\"btree\",\"options\":[],\"valid\":true,\"comment\":null,\"isConstraint\":true,\"deferrable\":true,\"initiallyDeferred\":true,\"nullsNotDistinct\":false,\"period\":false,\"conflictTarget\":\"none\"}],\"indexes\":[],\"foreignKeys\":[{\"name\":\"playlist_track_playlist_id_fkey\",\"columns\":[\"playlist_id\"],\"references\":{\"schema\":\"public\",\"name\":\"playlist\",\"columns\":[\"playlist_id\"]},\"onUpdate\":\"noAction\",\"onDelete\":\"cascade\",\"deleteSetColumns\":null,\"match\":\"simple\",\"deferrable\":false,\"initiallyDeferred\":false,\"validated\":true,\"enforced\":true,\"period\":false,\"isInherited\":false,\"comment\":null},{\"name\":\"playlist_track_track_id_fkey\",\"columns\":[\"track_id\"],\"references\":{\"schema\":\"public\",\"name\":\"track\",\"columns\":[\"track_id\"]},\"onUpdate\":\"noAction\",\"onDelete\":\"cascade\",\"deleteSetColumns\":null,\"match\":\"simple\",\"deferrable\":false,\"initiallyDeferred\":false,\"validated\":true,\"enforced\":true,\"period\":false,\"isInherited\":false,\"comment\":null}],\"checks\":[],\"exclusions\":[]},{\"schema\":\"public\",\"name\":\"track\",\"key\":\"track\",\"kind\":\"table\",\"persistence\":\"permanent\",\"extension\":null,\"isVisible\":true,\"isPartition\":false,\"partitionKey\":null,\"partitionBound\":null,\"parents\":[],\"comment\":null,\"options\":[],\"definition\":null,\"dependsOn\":[],\"privileges\":{\"select\":true,\"insert\":true,\"update\":true,\"delete\":true},\"updatable\":{\"insert\":true,\"update\":true,\"delete\":true},\"rowSecurity\":\"off\",\"rowSecurityActive\":false,\"policies\":0,\"triggers\":{\"insert\":false,\"delete\":false,\"update\":false,\"instead\":false,\"fillsInsert\":false},\"hasRules\":false,\"columns\":[{\"name\":\"track_id\",\"position\":1,\"type\":\"integer\",\"typeKey\":\"int4\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":\"byDefault\",\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"name\",\"position\":2,\"type\":\"character varying(200)\",\"typeKey\":\"varchar\",\"typmod\":204,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"album_id\",\"position\":3,\"type\":\"integer\",\"typeKey\":\"int4\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"media_type_id\",\"position\":4,\"type\":\"integer\",\"typeKey\":\"int4\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"genre_id\",\"position\":5,\"type\":\"integer\",\"typeKey\":\"int4\",\"typmod\":-1,\"dimensions\":0,\"notNull\":false,\"nullOnRead\":\"possible\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"composer\",\"position\":6,\"type\":\"character varying(220)\",\"typeKey\":\"varchar\",\"typmod\":224,\"dimensions\":0,\"notNull\":false,\"nullOnRead\":\"possible\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"milliseconds\",\"position\":7,\"type\":\"integer\",\"typeKey\":\"int4\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"bytes\",\"position\":8,\"type\":\"bigint\",\"typeKey\":\"int8\",\"typmod\":-1,\"dimensions\":0,\"notNull\":false,\"nullOnRead\":\"possible\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"unit_price\",\"position\":9,\"type\":\"public.price\",\"typeKey\":\"public.price\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":\"0.99\",\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"tags\",\"position\":10,\"type\":\"text[]\",\"typeKey\":\"_text\",\"typmod\":-1,\"dimensions\":1,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":\"'{}'::text[]\",\"identity\":null,\"identityOptions\":null,\"generated\":null,\"generationExpression\":null,\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":true,\"isInherited\":false},{\"name\":\"seconds\",\"position\":11,\"type\":\"integer\",\"typeKey\":\"int4\",\"typmod\":-1,\"dimensions\":0,\"notNull\":true,\"nullOnRead\":\"never\",\"default\":null,\"identity\":null,\"identityOptions\":null,\"generated\":\"stored\",\"generationExpression\":\"(milliseconds / 1000)\",\"collation\":null,\"comment\":null,\"privileges\":{\"select\":true,\"insert\":true,\"update\":true},\"updatable\":false,\"isInherited\":false}],\"primaryKey\":{\"name\":\"track_pkey\",\"columns\":[\"track_id\"],\"expressions\":[],\"keyOptions\":[],\"include\":[],\"predicate\":null,\"method\":\"btree\",\"options\":[],\"valid\":true,\"comment\":null,\"isConstraint\":true,\"deferrable\":false,\"initiallyDeferred\":false,\"nullsNotDistinct\":false,\"period\":false,\"conflictTarget\":\"doUpdate\"},\"uniqueKeys\":[],\"indexes\":[{\"name\":\"track_album_id_idx\",\"columns\":[\"album_id\"],\"expressions\":[],\"keyOptions\":[],\"include\":[],\"predicate\":null,\"method\":\"btree\",\"options\":[],\"valid\":true,\"comment\":null},{\"name\":\"track_tags_idx\",\"columns\":[\"tags\"],\"expressions\":[],\"keyOptions\":[],\"include\":[],\"predicate\":null,\"method\":\"gin\",\"options\":[],\"valid\":true,\"comment\":null}],\"foreignKeys\":[{\"name\":\"track_album_id_fkey\",\"columns\":[\"album_id\"],\"references\":{\"schema\":\"public\",\"name\":\"album\",\"columns\":[\"album_id\"]},\"onUpdate\":\"noAction\",\"onDelete\":\"cascade\",\"deleteSetColumns\":null,\"match\":\"simple\",\"deferrable\":false,\"initiallyDeferred\":false,\"validated\":true,\"enforced\":true,\"period\":false,\"isInherited\":false,\"comment\":null},{\"name\":\"track_genre_id_fkey\",\"columns\":[\"genre_id\"],\"references\":{\"schema\":\"public\",\"name\":\"genre\",\"columns\":[\"genre_id\"]},\"onUpdate\":\"noAction\",\"onDelete\":\"noAction\",\"deleteSetColumns\":null,\"match\":\"simple\",\"deferrable\":false,\"initiallyDeferred\":false,\"validated\":true,\"enforced\":true,\"period\":false,\"isInherited\":false,\"comment\":null},{\"name\":\"track_media_type_id_fkey\",\"columns\":[\"media_type_id\"],\"references\":{\"schema\":\"public\",\"name\":\"media_type\",\"columns\":[\"media_type_id\"]},\"onUpdate\":\"noAction\",\"onDelete\":\"noAction\",\"deleteSetColumns\":null,\"match\":\"simple\",\"deferrable\":false,\"initiallyDeferred\":false,\"validated\":true,\"enforced\":true,\"period\":false,\"isInherited\":false,\"comment\":null}],\"checks\":[{\"name\":\"track_milliseconds_check\",\"columns\":[\"milliseconds\"],\"expression\":\"(milliseconds > 0)\",\"validated\":true,\"enforced\":true,\"noInherit\":false,\"comment\":null}],\"exclusions\":[]}],\"types\":{\"_text\":{\"kind\":\"array\",\"schema\":\"pg_catalog\",\"name\":\"_text\",\"extension\":null,\"comment\":null,\"element\":\"text\",\"delimiter\":\",\"},\"bpchar\":{\"kind\":\"base\",\"schema\":\"pg_catalog\",\"name\":\"bpchar\",\"extension\":null,\"comment\":null,\"category\":\"S\"},\"date\":{\"kind\":\"base\",\"schema\":\"pg_catalog\",\"name\":\"date\",\"extension\":null,\"comment\":null,\"category\":\"D\"},\"int2\":{\"kind\":\"base\",\"schema\":\"pg_catalog\",\"name\":\"int2\",\"extension\":null,\"comment\":null,\"category\":\"N\"},\"int4\":{\"kind\":\"base\",\"schema\":\"pg_catalog\",\"name\":\"int4\",\"extension\":null,\"comment\":null,\"category\":\"N\"},\"int8\":{\"kind\":\"base\",\"schema\":\"pg_catalog\",\"name\":\"int8\",\"extension\":null,\"comment\":null,\"category\":\"N\"},\"jsonb\":{\"kind\":\"base\",\"schema\":\"pg_catalog\",\"name\":\"jsonb\",\"extension\":null,\"comment\":null,\"category\":\"U\"},\"numeric\":{\"kind\":\"base\",\"schema\":\"pg_catalog\",\"name\":\"numeric\",\"extension\":null,\"comment\":null,\"category\":\"N\"},\"public.customer_tier\":{\"kind\":\"enum\",\"schema\":\"public\",\"name\":\"customer_tier\",\"extension\":null,\"comment\":null,\"labels\":[\"free\",\"plus\",\"pro\"]},\"public.price\":{\"kind\":\"domain\",\"schema\":\"public\",\"name\":\"price\",\"extension\":null,\"comment\":null,\"base\":\"numeric\",\"baseTypmod\":655366,\"baseType\":\"numeric(10,2)\",\"collation\":null,\"notNull\":false,\"default\":null,\"checks\":[{\"name\":\"price_check\",\"columns\":[],\"expression\":\"(VALUE >= (0)::numeric)\",\"validated\":true,\"enforced\":true,\"noInherit\":false,\"comment\":null}]},\"text\":{\"kind\":\"base\",\"schema\":\"pg_catalog\",\"name\":\"text\",\"extension\":null,\"comment\":null,\"category\":\"S\"},\"timestamptz\":{\"kind\":\"base\",\"schema\":\"pg_catalog\",\"name\":\"timestamptz\",\"extension\":null,\"comment\":null,\"category\":\"D\"},\"varchar\":{\"kind\":\"base\",\"schema\":\"pg_catalog\",\"name\":\"varchar\",\"extension\":null,\"comment\":null,\"category\":\"S\"}},\"sequences\":[],\"extensions\":[],\"collations\":[],\"jsTypes\":{\"int8\":\"string\",\"timestamp\":\"Date\",\"timestamptz\":\"Date\",\"json\":\"parse\",\"columns\":{}},\"scope\":{}}");
