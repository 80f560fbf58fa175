/** A property of a table or column that CREATE TABLE cannot express on every version, as the end of ALTER TABLE. */
export interface Setting {
  /** `storage` */
  readonly name: string;
  /** `SET STORAGE EXTERNAL` */
  readonly set: string;
  /** What restores the default: `SET STORAGE EXTENDED`. */
  readonly reset: string;
}
