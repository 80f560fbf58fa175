import fc from "fast-check";

/** A schema as a list of CREATE statements, written without the code under test. */
export function randomSchema(): fc.Arbitrary<string> {
  return fc
    .record({
      moods: fc.option(labels("sad", "ok", "glad", "it's"), { freq: 4 }),
      tiers: fc.option(labels("free", "plus", "pro"), { freq: 2 }),
      code: fc.option(domain(), { freq: 3 }),
      pair: fc.option(
        fc.uniqueArray(attribute(), { selector: ([name]) => name, minLength: 1, maxLength: 3 }),
      ),
      counter: fc.option(fc.integer({ min: 1, max: 3 })),
      tables: fc.tuple(table("album"), table("artist"), table('odd "table"')),
      aux: fc.option(table("event"), { freq: 2 }),
      partitioned: fc.option(partitionedTable(), { freq: 2 }),
      links: fc.array(link(), { maxLength: 3 }),
      views: fc.tuple(view(), view(), fc.option(fc.constantFrom("once", "often"))),
    })
    .map(schemaText);
}

interface ColumnSpec {
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  readonly extra: "none" | "default" | "identity" | "generated";
  readonly comment: string | null;
}

interface TableSpec {
  readonly name: string;
  readonly columns: readonly ColumnSpec[];
  readonly key: number;
  readonly unique: readonly number[];
  readonly uniqueKind: "constraint" | "index" | "deferrable";
  readonly index: "plain" | "partial" | "expression" | "hash" | "none";
  readonly check: "none" | "valid" | "later" | "two";
  readonly unlogged: boolean;
  readonly comment: string | null;
  readonly fillfactor: boolean;
}

const DEFAULTS: Readonly<Record<string, string>> = {
  int4: "7",
  int8: "8",
  "numeric(8,2)": "1.5",
  text: "'x'",
  "varchar(5)": "'y'",
  bool: "true",
  date: "'2020-02-29'",
  timestamptz: "now()",
  "text[]": "'{}'",
  jsonb: "'{}'",
  uuid: "gen_random_uuid()",
  mood: "'sad'",
  "mood[]": "'{}'",
  code: "'sad'",
};

const TYPES = [...Object.keys(DEFAULTS), "pair", "tier", "bpchar(3)", "bit(4)", "int4range", "float8"];
const WITHOUT_BTREE = new Set(["pair", "jsonb"]);

function labels(first: string, ...others: string[]): fc.Arbitrary<readonly string[]> {
  return fc
    .tuple(fc.shuffledSubarray(others), fc.nat(others.length))
    .map(([some, place]) => some.toSpliced(place, 0, first));
}

function domain(): fc.Arbitrary<string> {
  return fc
    .record({
      base: fc.constantFrom("text", "varchar(4)", 'text collate "C"', "mood"),
      notNull: fc.boolean(),
      fallback: fc.boolean(),
      check: fc.constantFrom(
        "",
        "constraint short check (value::text <> 'long')",
        "check (value::text <> 'a')",
      ),
      comment: fc.boolean(),
    })
    .map(({ base, notNull, fallback, check, comment }) =>
      [
        `create domain code as ${base} ${fallback ? "default 'sad'" : ""} ${notNull ? "not null" : ""} ${check};`,
        comment ? "comment on domain code is 'a code';" : "",
      ].join("\n"),
    );
}

function attribute(): fc.Arbitrary<readonly [string, string]> {
  return fc.tuple(
    fc.constantFrom("x", "y", "z"),
    fc.constantFrom("int4", "text", 'text collate "C"', "mood", "numeric(6,2)"),
  );
}

function comment(): fc.Arbitrary<string | null> {
  return fc.option(fc.constantFrom("what it's for", "old", "new"), { freq: 2 });
}

function column(): fc.Arbitrary<ColumnSpec> {
  return fc.record({
    name: fc.constantFrom("a", "b", "c", "d", 'odd "e"', "F"),
    type: fc.constantFrom(...TYPES, "int4", "int4", "text", "mood"),
    notNull: fc.boolean(),
    extra: fc.constantFrom("none", "none", "default", "identity", "generated"),
    comment: comment(),
  });
}

function table(name: string): fc.Arbitrary<TableSpec | null> {
  const spec = fc.record({
    name: fc.constant(name),
    columns: fc.uniqueArray(column(), { selector: one => one.name, minLength: 1, maxLength: 6 }),
    key: fc.nat(3),
    unique: fc.uniqueArray(fc.nat(5), { minLength: 0, maxLength: 2 }),
    uniqueKind: fc.constantFrom("constraint", "index", "deferrable"),
    index: fc.constantFrom("plain", "partial", "expression", "hash", "none"),
    check: fc.constantFrom("none", "valid", "later", "two"),
    unlogged: fc.boolean(),
    comment: comment(),
    fillfactor: fc.boolean(),
  });
  return fc.option(spec as fc.Arbitrary<TableSpec>, { freq: 4 });
}

function partitionedTable(): fc.Arbitrary<string> {
  return fc
    .record({
      note: fc.constantFrom("note text,", "note varchar(9) default 'n',", "note int not null,", ""),
      key: fc.constantFrom("primary key (k, id)", "unique (id, k)", "check (id > 0)"),
      index: fc.boolean(),
      first: fc.constantFrom("1, 2", "1", ""),
      rest: fc.boolean(),
    })
    .map(({ note, key, index, first, rest }) =>
      [
        `create table log (id int, ${note} k int not null, ${key}) partition by list (k);`,
        first === "" ? "" : `create table log_first partition of log for values in (${first});`,
        rest ? "create table log_rest partition of log default;" : "",
        index ? "create index log_id on log (id);" : "",
      ].join("\n"),
    );
}

interface LinkSpec {
  readonly from: number;
  readonly to: number;
  readonly column: number;
  readonly tail: string;
}

function link(): fc.Arbitrary<LinkSpec> {
  return fc.record({
    from: fc.nat(2),
    to: fc.nat(2),
    column: fc.nat(5),
    tail: fc.constantFrom("", "on delete cascade", "on update set null deferrable", "not valid"),
  });
}

interface ViewSpec {
  readonly table: number;
  readonly columns: number;
  readonly where: boolean;
  readonly options: string;
  readonly kind: "view" | "materialized view";
}

function view(): fc.Arbitrary<ViewSpec | null> {
  const spec = fc.record({
    table: fc.nat(2),
    columns: fc.integer({ min: 1, max: 3 }),
    where: fc.boolean(),
    options: fc.constantFrom("", "with (security_barrier)"),
    kind: fc.constantFrom("view", "view", "materialized view"),
  });
  return fc.option(spec as fc.Arbitrary<ViewSpec>);
}

interface SchemaSpec {
  readonly moods: readonly string[] | null;
  readonly tiers: readonly string[] | null;
  readonly code: string | null;
  readonly pair: readonly (readonly [string, string])[] | null;
  readonly counter: number | null;
  readonly tables: readonly (TableSpec | null)[];
  readonly aux: TableSpec | null;
  readonly partitioned: string | null;
  readonly links: readonly LinkSpec[];
  readonly views: readonly [ViewSpec | null, ViewSpec | null, string | null];
}

function schemaText(spec: SchemaSpec): string {
  const known = knownTypes(spec);
  const tables = spec.tables.map(one => one && withKnownTypes(one, known));
  const aux = spec.aux && withKnownTypes(spec.aux, known);
  const hasMood = known.has("mood");
  return [
    spec.moods ? `create type mood as enum (${spec.moods.map(literal).join(", ")});` : "",
    spec.tiers ? `create type tier as enum (${spec.tiers.map(literal).join(", ")});` : "",
    spec.code && known.has("code") ? spec.code : "",
    spec.pair
      ? `create type pair as (${spec.pair.map(([name, type]) => `${name} ${type === "mood" && !hasMood ? "text" : type}`).join(", ")});`
      : "",
    spec.counter ? `create sequence counter increment ${spec.counter} cache ${spec.counter};` : "",
    ...tables.map(one => (one ? tableText("", one) : "")),
    aux ? `create schema aux;\n${tableText("aux.", aux)}` : "",
    spec.partitioned ?? "",
    ...spec.links.map((one, index) => linkText(tables, one, index, isOfEnum(spec.code) ? "code" : "")),
    ...viewTexts(tables, spec.views),
  ]
    .filter(text => text !== "")
    .join("\n");
}

function knownTypes({ moods, tiers, code, pair }: SchemaSpec): ReadonlySet<string> {
  return new Set([
    ...TYPES.filter(type => !["mood", "mood[]", "tier", "code", "pair"].includes(type)),
    ...(moods ? ["mood", "mood[]"] : []),
    ...(tiers ? ["tier"] : []),
    ...(code && (moods || !code.includes("as mood")) ? ["code"] : []),
    ...(pair ? ["pair"] : []),
  ]);
}

function withKnownTypes(spec: TableSpec, known: ReadonlySet<string>): TableSpec {
  const columns = spec.columns.map(one => (known.has(one.type) ? one : { ...one, type: "text" }));
  return { ...spec, columns };
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function name(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

function tableText(prefix: string, spec: TableSpec): string {
  const path = `${prefix}${name(spec.name)}`;
  const columns = spec.columns.map(one => columnText(spec, one));
  const plain = spec.columns.filter(one => !WITHOUT_BTREE.has(one.type));
  const keyed = plain.filter(one => one.extra !== "generated").slice(0, spec.key);
  const unique = spec.unique.flatMap(index => plain[index] ?? []).map(one => name(one.name));
  if (keyed.length > 0)
    columns.push(
      `constraint ${name(`${spec.name}_key`)} primary key (${keyed.map(one => name(one.name)).join(", ")})`,
    );
  if (unique.length > 0 && spec.uniqueKind !== "index")
    columns.push(`unique (${unique.join(", ")}) ${spec.uniqueKind === "deferrable" ? "deferrable" : ""}`);
  const [first] = spec.columns;
  const checked = name(first!.name);
  if (spec.check === "valid" || spec.check === "two")
    columns.push(`constraint there check (${checked} is not null)`);
  return [
    `create ${spec.unlogged ? "unlogged " : ""}table ${path} (${columns.join(", ")}) ${spec.fillfactor ? "with (fillfactor = 70)" : ""};`,
    spec.check === "later" || spec.check === "two"
      ? `alter table ${path} add constraint later check (${checked}::text <> 'later') ${spec.check === "later" ? "not valid" : ""};`
      : "",
    unique.length > 0 && spec.uniqueKind === "index"
      ? `create unique index ${name(`${spec.name}_one`)} on ${path} (${unique.join(", ")});`
      : "",
    indexText(path, spec, plain),
    spec.comment ? `comment on table ${path} is ${literal(spec.comment)};` : "",
    ...spec.columns.map(one =>
      one.comment ? `comment on column ${path}.${name(one.name)} is ${literal(one.comment)};` : "",
    ),
  ]
    .filter(text => text !== "")
    .join("\n");
}

function columnText(table: TableSpec, spec: ColumnSpec): string {
  const head = `${name(spec.name)} ${spec.type}`;
  const isInteger = spec.type === "int4" || spec.type === "int8";
  const source = table.columns.slice(0, table.columns.indexOf(spec)).find(one => one.extra !== "generated");
  if (spec.extra === "identity" && isInteger)
    return `${head} generated ${spec.notNull ? "always" : "by default"} as identity ${spec.comment ? "(start 5)" : ""}`;
  if (spec.extra === "generated" && source !== undefined && isInteger)
    return `${head} generated always as (case when ${name(source.name)} is null then 1 else 2 end) stored`;
  const fallback = spec.extra === "default" ? DEFAULTS[spec.type] : undefined;
  return `${head} ${spec.notNull ? "not null" : ""} ${fallback === undefined ? "" : `default ${fallback}`}`;
}

function indexText(path: string, spec: TableSpec, plain: readonly ColumnSpec[]): string {
  const [first, second] = plain;
  if (first === undefined || spec.index === "none") return "";
  const index = `create index ${name(`${spec.name}_idx`)} on ${path}`;
  const column = name(first.name);
  switch (spec.index) {
    case "plain":
      return `${index} (${column} desc${second ? `, ${name(second.name)}` : ""});\ncomment on index ${path.replace(name(spec.name), name(`${spec.name}_idx`))} is 'fast';`;
    case "partial":
      return `${index} (${column}) where ${name((second ?? first).name)} is not null;`;
    case "expression":
      return `${index} ((${column} is null), ${column});`;
    case "hash":
      return first.type === "bit(4)" ? "" : `${index} using hash (${column});`;
  }
}

// PostgreSQL does not support foreign keys from a domain over an enum.
function isOfEnum(code: string | null): boolean {
  return code?.includes("as mood") ?? false;
}

function linkText(
  tables: readonly (TableSpec | null)[],
  spec: LinkSpec,
  index: number,
  unlinked: string,
): string {
  const [from, to] = [tables[spec.from], tables[spec.to]];
  const [key, another] = to
    ? to.columns.filter(one => !WITHOUT_BTREE.has(one.type) && one.extra !== "generated").slice(0, to.key)
    : [];
  if (!from || !to || key === undefined || another !== undefined || key.type === unlinked) return "";
  if (to.unlogged && !from.unlogged) return "";
  const column = from.columns.filter(one => one.type === key.type && one.extra === "none")[spec.column % 2];
  if (column === undefined) return "";
  return `alter table ${name(from.name)} add constraint link${index} foreign key (${name(column.name)}) references ${name(to.name)} ${spec.tail};`;
}

function viewTexts(
  tables: readonly (TableSpec | null)[],
  [first, second, third]: SchemaSpec["views"],
): readonly string[] {
  const one = viewText("first_view", tables, first);
  const two = viewText("second_view", tables, second);
  const three =
    one !== "" && third !== null
      ? `create view on_view as select *, '${third}'::text as times from first_view;`
      : "";
  return [one, two, three];
}

function viewText(view: string, tables: readonly (TableSpec | null)[], spec: ViewSpec | null): string {
  const table = spec && tables[spec.table];
  if (!spec || !table) return "";
  const columns = table.columns.slice(0, spec.columns).map(one => name(one.name));
  const where = spec.where ? ` where ${columns[0]} is not null` : "";
  const options = spec.kind === "view" ? spec.options : "";
  return `create ${spec.kind} ${view} ${options} as select ${columns.join(", ")} from ${name(table.name)}${where};`;
}
