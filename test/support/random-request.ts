import fc from "fast-check";

/** A request of one of two tenants. */
export interface SentRequest {
  readonly tenant: 1 | 2;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly isAborted: boolean;
}

const { constantFrom, constant, oneof, record } = fc;

const NASTY = [
  ...[
    "",
    "null",
    "0",
    "-1",
    "1",
    "2",
    "100",
    "1e999",
    "9007199254740993",
    "NaN",
    "x",
    "'; drop table invoice; --",
    "%",
  ],
  ...[
    "\0",
    "\ud800",
    "é",
    "💥",
    "draft",
    "sent",
    "2026-02-30",
    "2026-01-01",
    "{}",
    "[1,2]",
    '{"a":1}',
    '"',
    '"a',
    "a,b",
  ],
  ...["__proto__", "constructor", "*", "..", "/", "\\", "(", "[", "a".repeat(300)],
];
const hostileText = (): fc.Arbitrary<string> =>
  oneof({ weight: 4, arbitrary: constantFrom(...NASTY) }, fc.string());

const id = (): fc.Arbitrary<string> =>
  constantFrom("1", "2", "3", "11", "100", "x", "99999999999", "%FF", "x%2Cy,7", "z,8");

const NAMES = [
  ...[
    "id",
    "number",
    "status",
    "due_on",
    "total",
    "settings",
    "name",
    "email",
    "customer.name",
    "line[some].quantity",
  ],
  ...[
    "line[every].quantity",
    "line.quantity",
    "settings->a",
    "settings->a->b",
    "sort",
    "select",
    "include",
    "limit",
    "after",
  ],
  ...["before", "total", "q", "tenant_id", "secret", "__proto__", "version", "invoice_id", "a", "b"],
];
const OPERATORS = [
  ...[
    "",
    "",
    "",
    "[ne]",
    "[gt]",
    "[lte]",
    "[in]",
    "[notIn]",
    "[between]",
    "[is]",
    "[like]",
    "[ilike]",
    "[contains]",
  ],
  ...["[has]", "[matches]", "[distinctFrom]", "[nope]", "[", "[]"],
];
const VALID = [
  ...[
    "status=sent",
    "id[in]=1,2,100",
    "limit=1",
    "sort=-id",
    "sort=-number,id",
    "select=id",
    "total=true",
    "name[ilike]=%25n%25",
  ],
  ...[
    "customer.name=Ann",
    "line[some].quantity[gt]=1",
    "include=customer,line",
    "include=invoice",
    "due_on[is]=null",
  ],
  ...[
    "settings->a=1",
    "name=TOPSECRET",
    "customer.name=TOPSECRET",
    "total[between]=1,50",
    "q=Ann",
    "limit=2&sort=id",
    "settings[has]=a",
    "number[gt]=1",
  ],
];

function query(): fc.Arbitrary<string> {
  const odd = fc
    .tuple(constantFrom(...NAMES), constantFrom(...OPERATORS), hostileText())
    .map(([name, operator, value]) => new URLSearchParams([[name + operator, value]]).toString());
  const one = oneof({ weight: 3, arbitrary: constantFrom(...VALID) }, odd);
  return fc.array(one, { maxLength: 3 }).map(parts => (parts.length === 0 ? "" : `?${parts.join("&")}`));
}

const COLUMNS = [
  "name",
  "email",
  "number",
  "customer_id",
  "status",
  "due_on",
  "total",
  "settings",
  "invoice_id",
  "quantity",
  "text",
  "note",
  "id",
  "tenant_id",
  "secret",
  "version",
  "a",
  "b",
  "__proto__",
];

function jsonValue(): fc.Arbitrary<string> {
  return oneof(
    constantFrom(
      "null",
      "true",
      "1",
      "2",
      "3",
      "-1",
      "100",
      "1.5",
      "1e400",
      "9007199254740993",
      "0.12345678901234567890",
    ),
    hostileText().map(text => JSON.stringify(text)),
    constantFrom("[]", "{}", '{"a":[1]}', '"draft"', '"2026-01-01"', '"a@x"', '"10.50"'),
  );
}

const VALID_ROWS = [
  ...[
    '{"name":"N"}',
    '{"name":"Ann"}',
    '{"number":7,"customer_id":1}',
    '{"number":8,"customer_id":100}',
    '{"status":"paid"}',
  ],
  ...[
    '{"number":2,"customer_id":1}',
    '{"total":5}',
    '{"email":"nobody"}',
    '{"invoice_id":1,"quantity":2}',
    '{"note":"n"}',
  ],
  ...['{"invoice_id":100,"quantity":1}', '{"settings":{"a":{"b":1}}}', '{"quantity":0}', "{}"],
];

function row(): fc.Arbitrary<string> {
  const odd = fc
    .uniqueArray(fc.tuple(constantFrom(...COLUMNS), jsonValue()), {
      selector: ([name]) => name,
      maxLength: 4,
    })
    .map(fields => `{${fields.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(",")}}`);
  return oneof({ weight: 2, arbitrary: constantFrom(...VALID_ROWS) }, odd);
}

function operation(): fc.Arbitrary<string> {
  return fc
    .tuple(
      constantFrom("insert", "insert", "update", "upsert", "delete", "drop"),
      constantFrom("customer", "invoice", "line", "pair", "tenant"),
      oneof(constantFrom("1", "2", "100", '"x"', '["k",1]', "null"), jsonValue()),
      row(),
      constantFrom("", "", ',"version":"1"', ',"id":"a"', ',"refs":{"customer_id":"a.id"}'),
    )
    .map(
      ([op, table, key, given, more]) =>
        `{"op":"${op}","table":"${table}"${op === "insert" ? "" : `,"key":${key}`}${op === "delete" ? "" : `,"row":${given}`}${more}}`,
    );
}

function body(path: string): fc.Arbitrary<string | undefined> {
  if (path === "/batch") return fc.array(operation(), { maxLength: 3 }).map(all => `[${all.join(",")}]`);
  return oneof(
    { weight: 5, arbitrary: row() },
    fc.array(row(), { maxLength: 3 }).map(all => `[${all.join(",")}]`),
    {
      weight: 1,
      arbitrary: constantFrom("", "{", "[[[", "name,email\nC,\n", '{"name":"C"}\n', " ".repeat(3_000)),
    },
    hostileText(),
  );
}

type Headers = Readonly<Record<string, string>>;

function headers(method: string): fc.Arbitrary<Headers> {
  const content = record(
    {
      "content-type": constantFrom(
        "application/json",
        "application/json",
        "text/csv",
        "application/x-ndjson",
        "text/plain",
      ),
      accept: constantFrom(
        "*/*",
        "text/csv",
        "application/x-ndjson",
        "text/html",
        "application/json;q=0.1, text/csv",
      ),
    },
    { requiredKeys: [] },
  );
  return fc.tuple(content, conditions(method)).map(parts => Object.assign({}, ...parts) as Headers);
}

// A condition that a method does not support is an error, which would hide all other errors.
function conditions(method: string): fc.Arbitrary<Headers> {
  const ifMatch = { "if-match": constantFrom('"1"', '"2"', "*", 'W/"1"', '"x"', '"1", "2"', "x") };
  const ifNoneMatch = { "if-none-match": constantFrom('"1"', "*", '"2"') };
  const usual = method === "POST" ? {} : READS.includes(method) ? ifNoneMatch : ifMatch;
  return oneof(
    { weight: 9, arbitrary: record(usual, { requiredKeys: [] }) as fc.Arbitrary<Headers> },
    record({ ...ifMatch, ...ifNoneMatch }, { requiredKeys: [] }) as fc.Arbitrary<Headers>,
  );
}

const READS = ["GET", "GET", "GET", "HEAD"];
const WRITES = ["POST", "POST", "PATCH", "PUT", "DELETE"];

// A write has no query parameters.
function rareQuery(): fc.Arbitrary<string> {
  return oneof({ weight: 9, arbitrary: constant("") }, query());
}

/** Valid and hostile requests. */
export function randomRequest(): fc.Arbitrary<SentRequest> {
  const table = constantFrom("customer", "invoice", "invoice", "line", "pair");
  const path = oneof(
    { weight: 4, arbitrary: table.map(name => `/${name}`) },
    { weight: 5, arbitrary: fc.tuple(table, id()).map(([name, key]) => `/${name}/${key}`) },
    constant("/batch"),
  );
  const method = constantFrom(...READS, ...READS, ...WRITES, ...WRITES, "OPTIONS");
  return fc.tuple(path, method).chain(([at, how]) =>
    record({
      tenant: constantFrom(1 as const, 2 as const),
      method: constant(how),
      path: (READS.includes(how) ? query() : rareQuery()).map(text => at + text),
      headers: headers(how),
      body: body(at),
      isAborted: fc.integer({ min: 0, max: 30 }).map(number => number === 0),
    }),
  );
}
