import type { MatrixCase } from "./type-cases.ts";

export const USER_TYPES_SQL = `
  create type mood as enum ('sad', 'ha "p,p\\y', 'NULL', '');
  create domain posint as int4 check (value > 0);
  create domain tiny as posint check (value < 100);
  create domain price as numeric(5,2);
  create domain day as date;
  create domain feeling as mood;
  create domain int_list as int4[];
  create domain doc as jsonb;
  create type pair as (a int4, "B b" text);
  create type nested as (p pair, list mood[], "when" timestamptz, doc jsonb, "__proto__" int8, span int4range);
  create type floatrange as range (subtype = float8);
  create type moodrange as range (subtype = mood);
`;

/** Type → values, as in type-cases.ts. */
export const USER_TYPES: Readonly<Record<string, readonly MatrixCase[]>> = {
  mood: [["sad"], ['ha "p,p\\y'], ["NULL"], [""]],
  posint: [["1", 1]],
  tiny: [["99", 99]],
  price: [["1.50"]],
  day: [["2024-02-29"]],
  feeling: [["sad"], ["NULL"]],
  int_list: [
    ["{1,2,NULL}", [1, 2, null]],
    ["{{1},{2}}", [[1], [2]]],
  ],
  doc: [['{"a": 1}', { a: 1 }]],
  pair: [
    ['(1,"x ""y"" \\\\ (,)")', { a: 1, "B b": 'x "y" \\ (,)' }],
    ["(,)", { a: null, "B b": null }],
    ['(,"")', { a: null, "B b": "" }],
  ],
  nested: [
    [
      '("(1,""a,b"")","{sad,NULL}","2024-01-02 03:04:05+00","{""k"": [1, null]}",9007199254740993,"[1,5)")',
      withProto(
        {
          p: { a: 1, "B b": "a,b" },
          list: ["sad", null],
          when: new Date("2024-01-02T03:04:05Z"),
          doc: { k: [1, null] },
        },
        "9007199254740993",
        {
          span: { lower: 1, upper: 5, bounds: "[)" },
        },
      ),
    ],
  ],
  floatrange: [
    ["[1.5,2.5)", { lower: 1.5, upper: 2.5, bounds: "[)" }],
    ["empty", "empty"],
  ],
  floatmultirange: [["{[1.5,2.5)}", [{ lower: 1.5, upper: 2.5, bounds: "[)" }]]],
  moodrange: [["[sad,NULL]", { lower: "sad", upper: "NULL", bounds: "[]" }]],
};

function withProto(before: object, proto: string, after: object): object {
  const value = { ...before };
  Object.defineProperty(value, "__proto__", {
    value: proto,
    enumerable: true,
    writable: true,
    configurable: true,
  });
  return Object.assign(value, after);
}
