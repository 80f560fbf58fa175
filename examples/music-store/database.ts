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
      artist: { table: "artist"; many: false; columns: "artist_id" };
      genre: { table: "genre"; many: true };
      media_type: { table: "media_type"; many: true };
      track: { table: "track"; many: true; columns: "album_id" };
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
      album: { table: "album"; many: true; columns: "artist_id" };
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
      employee: { table: "employee"; many: false; columns: "support_rep_id" };
      invoice: { table: "invoice"; many: true; columns: "customer_id" };
    };
  };
  employee: {
    row: EmployeeRow;
    insert: EmployeeInsert;
    update: EmployeeUpdate;
    key: number | { employee_id: number };
    keyRow: { employee_id: number };
    relations: {
      customer: { table: "customer"; many: true; columns: "support_rep_id" };
    };
    references: { employee: "employee" };
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
      track: { table: "track"; many: true; columns: "genre_id" };
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
      customer: { table: "customer"; many: false; columns: "customer_id" };
      invoice_line: { table: "invoice_line"; many: true; columns: "invoice_id" };
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
      invoice: { table: "invoice"; many: false; columns: "invoice_id" };
      track: { table: "track"; many: false; columns: "track_id" };
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
      track: { table: "track"; many: true; columns: "media_type_id" };
    };
  };
  playlist: {
    row: PlaylistRow;
    insert: PlaylistInsert;
    update: PlaylistUpdate;
    key: number | { playlist_id: number };
    keyRow: { playlist_id: number };
    relations: {
      playlist_track: { table: "playlist_track"; many: true; columns: "playlist_id" };
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
      playlist: { table: "playlist"; many: false; columns: "playlist_id" };
      track: { table: "track"; many: false; columns: "track_id" };
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
      album: { table: "album"; many: false; columns: "album_id" };
      genre: { table: "genre"; many: false; columns: "genre_id" };
      invoice: { table: "invoice"; many: true };
      invoice_line: { table: "invoice_line"; many: true; columns: "track_id" };
      media_type: { table: "media_type"; many: false; columns: "media_type_id" };
      playlist: { table: "playlist"; many: true };
      playlist_track: { table: "playlist_track"; many: true; columns: "track_id" };
    };
  };
}

/** The snapshot from which this module was generated. */
export const schema: SchemaSnapshot<Tables> = parseSchema<Tables>(require("./database.json"));
