import { jsonNull } from "../../src/types/json.ts";
import { isServer } from "./server-version.ts";

/** A literal and the value in a row; without the value the row has PostgreSQL's own text. */
export type MatrixCase = readonly [literal: string, value?: unknown];

const utc = (text: string): Date => new Date(text);
const bytes = (...values: number[]): Uint8Array => new Uint8Array(values);
const LARGEST = new Date(8.64e15);
const SMALLEST = new Date(-8.64e15);

/** Type in SQL → boundary values. Extensions and user-defined types are in user-type-cases.ts. */
export const MATRIX: Readonly<Record<string, readonly MatrixCase[]>> = {
  int2: [
    ["-32768", -32768],
    ["0", 0],
    ["32767", 32767],
  ],
  int4: [
    ["-2147483648", -2147483648],
    ["2147483647", 2147483647],
  ],
  int8: [["-9223372036854775808"], ["9007199254740993"], ["0"], ["9223372036854775807"]],
  oid: [
    ["0", 0],
    ["4294967295", 4294967295],
  ],
  xid: [
    ["0", 0],
    ["4294967295", 4294967295],
  ],
  cid: [
    ["0", 0],
    ["7", 7],
  ],
  xid8: [["18446744073709551615"]],
  tid: [["(4294967295,65535)"]],
  float4: [
    ["0.1", 0.1],
    ["NaN", NaN],
    ["-Infinity", -Infinity],
    ["-0", -0],
    ["3.4028235e+38", 3.4028235e38],
    ["1e-45", 1e-45],
    ["16777216", 16777216],
    ["12.8653755", 12.8653755],
  ],
  float8: [
    ["0.30000000000000004", 0.30000000000000004],
    ["NaN", NaN],
    ["Infinity", Infinity],
    ["-0", -0],
    ["5e-324", 5e-324],
    ["1.7976931348623157e308", 1.7976931348623157e308],
  ],
  numeric: [
    ["0.00"],
    ["NaN"],
    ["Infinity"],
    ["-Infinity"],
    ["123456789012345678901234567890.123456789012345678901234567890"],
    [`1${"0".repeat(400)}`],
    ["-0.1000"],
  ],
  "numeric(10,2)": [["12345678.90"], ["-0.01"]],
  money: [
    ["92233720368547758.07", "92233720368547758.07"],
    ["-92233720368547758.08", "-92233720368547758.08"],
    ["0.10", "0.10"],
    ["1234.50", "1234.50"],
  ],
  bool: [
    ["true", true],
    ["false", false],
  ],
  text: [[""], ["NULL"], [" a\t\n\"'\\,{}() "], ["😀é"], ["\u00a0a\u3000"]],
  varchar: [["x"]],
  "varchar(3)": [["😀é."]],
  char: [["a"]],
  "char(4)": [["ab", "ab  "]],
  // A byte that is not ASCII.
  '"char"': [["a"], [""], ...(isServer(15) ? [["\\377"] as const] : [])],
  name: [["some name"]],
  uuid: [["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"], ["00000000-0000-0000-0000-000000000000"]],
  "bit(5)": [["10101"]],
  bit: [["1"]],
  varbit: [[""], ["1010"]],
  bytea: [
    ["\\x", bytes()],
    ["\\x00ff7b5c22", bytes(0, 255, 123, 92, 34)],
  ],
  date: [
    ["4714-11-24 BC"],
    ["0001-12-31 BC"],
    ["0001-01-01"],
    ["2024-02-29"],
    ["5874897-12-31"],
    ["infinity"],
    ["-infinity"],
  ],
  time: [["00:00:00"], ["24:00:00"], ["23:59:59.999999"]],
  "time(2)": [["12:00:00.25"]],
  timetz: [["00:00:00+15:59:59"], ["24:00:00-15:59"], ["12:30:00.5+02"]],
  timestamp: [
    ["4714-11-24 00:00:00 BC", utc("-004713-11-24T00:00:00Z")],
    ["2024-02-29 12:34:56.789", utc("2024-02-29T12:34:56.789Z")],
    ["12024-01-02 03:04:05", utc("+012024-01-02T03:04:05Z")],
    ["1969-12-31 23:59:59.999", utc("1969-12-31T23:59:59.999Z")],
    ["infinity", LARGEST],
    ["-infinity", SMALLEST],
  ],
  timestamptz: [
    ["4714-11-24 00:00:00+00 BC", utc("-004713-11-24T00:00:00Z")],
    ["2024-02-29 12:34:56.789+02", utc("2024-02-29T10:34:56.789Z")],
    ["275760-09-12 23:59:59+00", utc("+275760-09-12T23:59:59Z")],
    ["infinity", LARGEST],
    ["-infinity", SMALLEST],
  ],
  interval: [
    ["00:00:00"],
    ["1 year 2 mons -3 days +04:05:06.789012"],
    ["-178000000 years"],
    ["-00:00:00.000001"],
    ["2147483647 days"],
    ["-178956970 years -8 mons -2147483648 days"],
  ],
  json: [
    ["null", jsonNull],
    ["1", 1],
    ['"a"', "a"],
    [
      '{"a":[1,2.5,null,{"__proto__":"x","constructor":1}]}',
      JSON.parse('{"a":[1,2.5,null,{"__proto__":"x","constructor":1}]}'),
    ],
    ["[]", []],
  ],
  jsonb: [
    ["null", jsonNull],
    ["false", false],
    ["1e20", 1e20],
    ['{"b": 1.5, "a": ["\\u00e9", "x\\ny"]}', { b: 1.5, a: ["é", "x\ny"] }],
  ],
  jsonpath: [['$."a"[*]?(@ > 1)']],
  xml: [["<a>1</a>"], [""]],
  inet: [["10.0.0.1"], ["10.0.0.1/8"], ["::1"], ["::ffff:1.2.3.4/100"]],
  cidr: [["10.0.0.0/8"], ["2001:db8::/32"]],
  macaddr: [["08:00:2b:01:02:03"]],
  macaddr8: [["08:00:2b:01:02:03:04:05"]],
  point: [
    ["(1.5,-2)", { x: 1.5, y: -2 }],
    ["(NaN,Infinity)", { x: NaN, y: Infinity }],
    ["(1e+300,5e-324)", { x: 1e300, y: 5e-324 }],
  ],
  line: [["{1,-2,3}", { a: 1, b: -2, c: 3 }]],
  lseg: [["[(0,0),(1,2)]", { start: { x: 0, y: 0 }, end: { x: 1, y: 2 } }]],
  box: [["(2,3),(0,1)", { high: { x: 2, y: 3 }, low: { x: 0, y: 1 } }]],
  path: [
    [
      "[(0,0),(1,1)]",
      {
        closed: false,
        points: [
          { x: 0, y: 0 },
          { x: 1, y: 1 },
        ],
      },
    ],
    [
      "((0,0),(1,1))",
      {
        closed: true,
        points: [
          { x: 0, y: 0 },
          { x: 1, y: 1 },
        ],
      },
    ],
  ],
  polygon: [
    [
      "((0,0),(1,1),(2,0))",
      {
        points: [
          { x: 0, y: 0 },
          { x: 1, y: 1 },
          { x: 2, y: 0 },
        ],
      },
    ],
  ],
  circle: [["<(1,2),3.5>", { center: { x: 1, y: 2 }, radius: 3.5 }]],
  int4range: [
    ["[1,5)", { lower: 1, upper: 5, bounds: "[)" }],
    ["empty", "empty"],
    ["(,)", { lower: null, upper: null, bounds: "()" }],
  ],
  int8range: [["[1,9223372036854775807)", { lower: "1", upper: "9223372036854775807", bounds: "[)" }]],
  numrange: [
    ["(1.50,2.0]", { lower: "1.50", upper: "2.0", bounds: "(]" }],
    ["[1,)", { lower: "1", upper: null, bounds: "[)" }],
  ],
  tsrange: [
    [
      "[2024-01-01 00:00:00,2024-01-02 00:00:00)",
      { lower: utc("2024-01-01T00:00:00Z"), upper: utc("2024-01-02T00:00:00Z"), bounds: "[)" },
    ],
  ],
  tstzrange: [
    [
      "[2024-01-01 00:00:00+00,infinity]",
      { lower: utc("2024-01-01T00:00:00Z"), upper: LARGEST, bounds: "[]" },
    ],
  ],
  daterange: [["[2024-01-01,2024-02-01)", { lower: "2024-01-01", upper: "2024-02-01", bounds: "[)" }]],
  int4multirange: [
    ["{}", []],
    [
      "{[1,3),[5,7)}",
      [
        { lower: 1, upper: 3, bounds: "[)" },
        { lower: 5, upper: 7, bounds: "[)" },
      ],
    ],
  ],
  int8multirange: [["{[1,3)}", [{ lower: "1", upper: "3", bounds: "[)" }]]],
  nummultirange: [["{[1.0,3.0]}", [{ lower: "1.0", upper: "3.0", bounds: "[]" }]]],
  tsmultirange: [
    ["{[2024-01-01 00:00:00,)}", [{ lower: utc("2024-01-01T00:00:00Z"), upper: null, bounds: "[)" }]],
  ],
  tstzmultirange: [
    ["{(,2024-01-01 00:00:00+00)}", [{ lower: null, upper: utc("2024-01-01T00:00:00Z"), bounds: "()" }]],
  ],
  datemultirange: [
    ["{[2024-01-01,2024-02-01)}", [{ lower: "2024-01-01", upper: "2024-02-01", bounds: "[)" }]],
  ],
  tsvector: [["'a':1 'b c':2A"]],
  tsquery: [["'a' & !'b'"]],
  gtsvector: [],
  pg_lsn: [["16/B374D848"]],
  pg_snapshot: [["10:20:10,14,15"]],
  txid_snapshot: [["10:20:10,14,15"]],
  refcursor: [["c 1"]],
  // Also no table, and a table that was dropped.
  regclass: [["pg_class"], ["-"], ["4294967295"]],
  regcollation: [['"C"']],
  regconfig: [["english"]],
  regdictionary: [["simple"]],
  regnamespace: [["pg_catalog"]],
  regoper: [["|/"]],
  regoperator: [["+(integer,integer)"]],
  regproc: [["now"]],
  regprocedure: [["abs(integer)"]],
  regrole: [["postgres"]],
  regtype: [["integer"]],
  aclitem: [["postgres=r/postgres"]],
  int2vector: [["1 2"]],
  oidvector: [["1 2"]],
};

/** Types that no column can have: PostgreSQL's internal types. */
export const NOT_STORABLE: ReadonlySet<string> = new Set([
  "pg_node_tree",
  "pg_ndistinct",
  "pg_dependencies",
  "pg_mcv_list",
  "pg_brin_bloom_summary",
  "pg_brin_minmax_multi_summary",
  "gtsvector",
]);
