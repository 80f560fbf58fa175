/** The value of an aggregate of rows. */
export type AggregateValue<Row, Wanted> = Wanted extends { readonly min: infer Column }
  ? Row[Column & keyof Row] | null
  : Wanted extends { readonly max: infer Column }
    ? Row[Column & keyof Row] | null
    : Wanted extends { readonly sum: string } | { readonly avg: string }
      ? string | number | bigint | null
      : number;
