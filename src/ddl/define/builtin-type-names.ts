/** How the modifier of a type is packed into a number, and printed. */
export type Modifier = "none" | "length" | "bits" | "numeric" | "time" | "interval";

/** A built-in type under the name PostgreSQL prints. */
export interface BuiltinType {
  /** As PostgreSQL prints it, `%` for the modifier: `time% with time zone`. */
  readonly printed: string;
  /** pg_type.typname. */
  readonly key: string;
  readonly modifier: Modifier;
  /** The modifier of the name alone: `char` is `char(1)`. */
  readonly plain?: number;
}

const type = (key: string, printed: string, modifier: Modifier = "none", plain?: number): BuiltinType => ({
  printed,
  key,
  modifier,
  ...(plain !== undefined && { plain }),
});

const BOOLEAN = type("bool", "boolean");
const SMALLINT = type("int2", "smallint");
const INTEGER = type("int4", "integer");
const BIGINT = type("int8", "bigint");
const REAL = type("float4", "real");
const DOUBLE = type("float8", "double precision");
const NUMERIC = type("numeric", "numeric%", "numeric");
const VARCHAR = type("varchar", "character varying%", "length");
const CHARACTER = type("bpchar", "character%", "length", 1);
const BIT = type("bit", "bit%", "bits", 1);
const VARBIT = type("varbit", "bit varying%", "bits");
const TIME = type("time", "time% without time zone", "time");
const TIMETZ = type("timetz", "time% with time zone", "time");
const TIMESTAMP = type("timestamp", "timestamp% without time zone", "time");
const TIMESTAMPTZ = type("timestamptz", "timestamp% with time zone", "time");

// Types whose one name is what PostgreSQL prints (manual, chapter 8).
const SAME_NAME = [
  ...["text", "uuid", "json", "jsonb", "jsonpath", "xml", "bytea", "date", "money", "name", "oid", "xid8"],
  ...["inet", "cidr", "macaddr", "macaddr8", "tsvector", "tsquery", "pg_lsn", "pg_snapshot"],
  ...["point", "line", "lseg", "box", "path", "polygon", "circle"],
  ...["int4range", "int8range", "numrange", "tsrange", "tstzrange", "daterange"],
  ...[
    "int4multirange",
    "int8multirange",
    "nummultirange",
    "tsmultirange",
    "tstzmultirange",
    "datemultirange",
  ],
];

/** Every name and alias, in lower case and with single blanks (manual, table 8.1). */
export const BUILTIN_TYPES: ReadonlyMap<string, BuiltinType> = new Map([
  ...SAME_NAME.map(name => [name, type(name, name)] as const),
  ...names(BOOLEAN, "boolean", "bool"),
  ...names(SMALLINT, "smallint", "int2"),
  ...names(INTEGER, "integer", "int", "int4"),
  ...names(BIGINT, "bigint", "int8"),
  ...names(REAL, "real", "float4"),
  ...names(DOUBLE, "double precision", "float8", "float"),
  ...names(NUMERIC, "numeric", "decimal", "dec"),
  ...names(VARCHAR, "character varying", "char varying", "varchar"),
  ...names(CHARACTER, "character", "char"),
  ...names(type("bpchar", "bpchar"), "bpchar"),
  ...names(type("char", '"char"'), '"char"'),
  ...names(BIT, "bit"),
  ...names(VARBIT, "bit varying", "varbit"),
  ...names(TIME, "time", "time without time zone"),
  ...names(TIMETZ, "timetz", "time with time zone"),
  ...names(TIMESTAMP, "timestamp", "timestamp without time zone"),
  ...names(TIMESTAMPTZ, "timestamptz", "timestamp with time zone"),
  ...names(type("interval", "interval%", "interval"), "interval"),
]);

function names(named: BuiltinType, ...aliases: readonly string[]): (readonly [string, BuiltinType])[] {
  return aliases.map(alias => [alias, named] as const);
}
