/** A type, and SQL for a value of the row `n` that no session setting may change. */
export interface ExactType {
  readonly name: string;
  readonly type: string;
  readonly value: string;
}

const MICROS = `(n * 7919 % 1000003) * '1 microsecond'::interval`;
const WORD = `(array['NULL', 'null', '', ' ', 'a,b', '{}', '"', '\\', E'x\\ty', E'l\\nf', 'ä😀', '\\N', '$1', '=1+1'])[n % 14 + 1]`;
const BYTES = `decode(md5(n::text) || '005c7f80ff27', 'hex')`;
const DOUBLE = `case n % 7 when 0 then 'Infinity' when 1 then '-0'::float8 when 2 then 5e-324 else (n - 50) / 7.0 ^ (n % 40) end`;

/** Types whose text format or input depends on settings, or that contain such types. */
export const EXACT_TYPES: readonly ExactType[] = [
  { name: "double", type: "float8", value: DOUBLE },
  { name: "single", type: "float4", value: `(n / 7.0)::float4` },
  { name: "doubles", type: "float8[]", value: `array[n / 7.0, null, (${DOUBLE})]` },
  { name: "amount", type: "numeric", value: `n / 7.0` },
  { name: "big", type: "int8", value: `9223372036854775807 - n` },
  { name: "words", type: "text[]", value: `array[null, ${WORD}, 'NULL', null]` },
  { name: "table_words", type: "text[]", value: `array[array[${WORD}, null], array['NULL', 'x']]` },
  { name: "numbers", type: "int4[]", value: `array[n, null, -n]` },
  { name: "word", type: "text", value: WORD },
  { name: "bytes", type: "bytea", value: BYTES },
  { name: "byte_list", type: "bytea[]", value: `array[${BYTES}, null]` },
  {
    name: "moment",
    type: "timestamptz",
    value: `'1880-01-01 00:00:00+00'::timestamptz + n * '300 days 3 hours'::interval + ${MICROS}`,
  },
  {
    name: "local",
    type: "timestamp",
    value: `'0044-03-15 12:00:00 BC'::timestamp + n * '900 days'::interval + ${MICROS}`,
  },
  {
    name: "moments",
    type: "timestamptz[]",
    value: `array['2026-01-01 00:00:00+00'::timestamptz + ${MICROS}, null, 'infinity']`,
  },
  { name: "day", type: "date", value: `'0001-01-01 BC'::date + n * 1000` },
  { name: "clock", type: "timetz", value: `'12:34:56.000007+05:30'::timetz + ${MICROS}` },
  {
    name: "span",
    type: "interval",
    value: `make_interval(n % 5 - 2, n % 7 - 3, 0, n % 3 - 1, 0, 0, n / 7.0 - 5)`,
  },
  { name: "spans", type: "interval[]", value: `array[make_interval(0, -1, 0, 2, 0, 0, -n / 3.0), null]` },
  { name: "place", type: "point", value: `point(n / 7.0, -n / 3.0)` },
  { name: "circle", type: "circle", value: `circle(point(n / 7.0, 1), n / 11.0)` },
  {
    name: "during",
    type: "tstzrange",
    value: `tstzrange('2026-01-01 00:00:00+00'::timestamptz + ${MICROS}, null, '()')`,
  },
  { name: "measured", type: "numrange", value: `numrange(n / 7.0, null)` },
  {
    name: "periods",
    type: "datemultirange",
    value: `datemultirange(daterange('2026-01-01', '2026-01-02'::date + n))`,
  },
  {
    name: "doc",
    type: "jsonb",
    value: `jsonb_build_object('n', n / 7.0, 'w', ${WORD}, 'big', 12345678901234567890)`,
  },
  { name: "raw", type: "json", value: `('{"b":1, "a" :  ' || n || '.10}')::json` },
  { name: "mark", type: "xml", value: `('<a>' || n || '</a>text')::xml` },
  { name: "flags", type: "bit(5)", value: `(n % 32)::bit(5)` },
  { name: "price", type: "money", value: `(n * 1234.56)::numeric(12,2)::money` },
  { name: "host", type: "inet", value: `('10.0.0.0/8'::inet + n)` },
  {
    name: "pair",
    type: "mixed",
    value: `row(n / 7.0::float8, make_interval(0, -1, 0, n % 3, 0, 0, 1.5), array[null, ${WORD}], ${BYTES}, '2026-01-01 00:00:00+00'::timestamptz + ${MICROS})::mixed`,
  },
];

const columns = EXACT_TYPES.map(({ name, type }) => `"${name}" ${type}`).join(", ");
const values = EXACT_TYPES.map(({ type, value }) => `(${value})::${type}`).join(", ");
const ROW_COUNT = 2_200;

/**
 * Tables with the values: `source`, `copy` for values that the library writes, and one table per type whose key is the
 * value.
 */
export const EXACT_TABLES: string = `
  create type mixed as (f float8, s interval, l text[], b bytea, t timestamptz);
  create table source (id int primary key, ${columns});
  create table copy (like source including all);
  set intervalstyle = 'postgres';
  insert into source select n, ${values} from generate_series(1, ${ROW_COUNT}) n`;
