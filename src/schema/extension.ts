/** An installed extension. */
export interface Extension {
  readonly name: string;
  readonly schema: string;
  /** The names of the extensions that it requires. */
  readonly requires: readonly string[];
}

/** A collation that CREATE COLLATION created. */
export interface Collation {
  readonly schema: string;
  readonly name: string;
  readonly provider: "icu" | "libc" | "builtin";
  /** The locale; for libc only LC_COLLATE. */
  readonly collate: string;
  readonly ctype: string;
  /** The additional rules of ICU (PostgreSQL 16). */
  readonly rules: string | null;
  readonly deterministic: boolean;
  readonly comment: string | null;
}
