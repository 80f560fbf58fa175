import { describe, expect, test } from "bun:test";
import { inPipe } from "../support/run-command.ts";

// No server listens there, so a command line that is accepted fails with exit code 1.
const NOWHERE = "postgres://nobody@127.0.0.1:1/nowhere";

/** The exit code and the first line of the error of a command line, in which `''` is an empty argument. */
async function outcome(line: string): Promise<string> {
  const args = line.split(" ").map(word => (word === "''" ? "" : word));
  const { code, errors } = await inPipe(args, { url: NOWHERE });
  return code === 0 ? "accepted" : `${code} ${errors.split("\n")[0]}`;
}

function cases(title: string, lines: Readonly<Record<string, string>>): void {
  describe(title, () => {
    for (const [line, message] of Object.entries(lines))
      test(line, async () => {
        expect(await outcome(line)).toBe(`2 error: ${message}`);
      });
  });
}

const INVALID = (option: string, value: string, expected: string): string =>
  `option '${option}' argument '${value}' is invalid. Expected a ${expected} integer.`;

cases("a number is an integer in the usual notation", {
  "rows t --limit 1e3": INVALID("--limit <number>", "1e3", "non-negative"),
  "rows t --limit -0": INVALID("--limit <number>", "-0", "non-negative"),
  "rows t --limit 007": INVALID("--limit <number>", "007", "non-negative"),
  "rows t --offset 1_000": INVALID("--offset <number>", "1_000", "non-negative"),
  "export t --limit ''": INVALID("--limit <number>", "", "non-negative"),
  "migrate down --steps 0": INVALID("--steps <number>", "0", "positive"),
  "migrate down --steps 01": INVALID("--steps <number>", "01", "positive"),
});

cases("an option with one value is given once", {
  "rows t --limit 1 --limit 2": "--limit is given twice; remove one",
  "rows t --format csv --format=json": "--format is given twice; remove one",
  "upsert t a=1 --key a --key b": "--key is given twice; remove one",
  "doctor --distribute a --distribute b": "--distribute is given twice; remove one",
  "--url x tables --url x": "--url is given twice; remove one",
  "migrate down --log-schema a --log-schema b": "--log-schema is given twice; remove one",
  "generate --types int8=bigint --types int8=number": "--types int8 is given twice; remove one",
  "generate --json a.b=C --json a.b=D": "--json a.b is given twice; remove one",
  "create-table t a=int a=text": 'column "a" appears twice in columns; remove one',
  "create-table t a=int --default a=1 --default a:=now()":
    'column "a" appears twice in --default; remove one',
  "transform t --drop a --drop a": 'column "a" appears twice in --drop; remove one',
});

cases("a value is not empty and not an option", {
  "rows t --order": "option '--order <columns>' argument missing",
  "rows t --order --select a": "--order requires a value, received the option --select",
  "insert t --from --debug": "option '--from <file>' argument missing",
  "rows t --order ''": "--order must not be empty",
  "generate --out database.js": "--out must be the path of a .ts file, received database.js",
  "generate --out src/": "--out must be the path of a .ts file, received src/",
  "rows t --select ''": "--select must not be empty",
  "rows t --where ''": "--where must not be empty",
  "rows t --select a,,b": '--select must be comma-separated columns, received "a,,b"',
  "rows t --select a,a": 'column "a" appears twice in --select; remove one',
  "create-table t a=int --unique a,": '--unique must be comma-separated columns, received "a,"',
  "export t --out '' --format csv": "--out must not be empty",
  "add-column t a int --references ''": "--references must not be empty",
  "migrate --log-schema ''": "--log-schema must not be empty",
  "tables --url ''": "--url must not be empty",
  "rows ''": "table must not be empty",
  "truncate t ''": "tables must not be empty",
  "add-column t '' int": "column must not be empty",
  "query ''": "sql must not be empty",
  "check ''": "file must not be empty",
  "migrate ''": "directory must not be empty",
});

cases("an entry has a name and a value", {
  "create-table t a=": 'columns must be name=value, received "a="',
  "create-table t a=int --references a": '--references must be name=value, received "a"',
  "create-table t a=int --default a": '--default must be name=value, received "a"',
  "transform t --rename a=": '--rename must be name=value, received "a="',
  "transform t --add a": '--add must be name=value, received "a"',
  "generate --types int8": '--types must be name=value, received "int8"',
  "generate --types int8=text": '--types: int8 must be "string", "bigint" or "number", received "text"',
  "generate --json b=C": '--json must be table.column=Type or table.column=Type@module, received "b=C"',
  "generate --json a.b=C@": '--json must be table.column=Type or table.column=Type@module, received "a.b=C@"',
});

cases("options do not contradict each other", {
  "import t package.json --create --key a --no-key": "--key and --no-key cannot be combined; choose one",
  "transform t --no-key --key a": "--no-key and --key cannot be combined; choose one",
  "create-table t a=int --if-not-exists --replace":
    "--if-not-exists and --replace cannot be combined; choose one",
  "create-table t a=int --replace --transform": "--replace and --transform cannot be combined; choose one",
  "create-table t a=int --transform --dry-run":
    "--dry-run and --transform cannot be combined; only the database can compare a table",
  "transform t --not-null a --nullable a": 'column "a" appears twice in --not-null or --nullable; remove one',
  "transform t --default a=1 --drop-default a":
    'column "a" appears twice in --default or --drop-default; remove one',
  "transform t --rename a=b --drop a": 'column "a" appears twice in --rename or --drop; remove one',
  "delete t 1 --all": "either a key, --where or --all is required",
  "update t a=1 --all --where a=2": "--all and --where cannot be combined; choose one",
  "insert t a=1 --from x.csv": "a row or a file is required; write either column=value or --from file",
  "migrate --status --dry-run": "--status and --dry-run cannot be combined; choose one",
  "migrate down --status": "--status and down cannot be combined; choose one",
  "tables --demo --url x": "--demo starts its own server; leave out --url",
  "tables --migrations migrations --demo": "--migrations starts its own server; leave out --url and --demo",
});

const ONE_ROW = "--format belongs to one row; with --where, --all or --from only a number is printed";

cases("an option is used by the subcommand and its other options", {
  "rows t --json --csv": "unknown option '--json'",
  "delete t --all --limit 3": "unknown option '--limit'",
  "delete t --where a=1 --format json": ONE_ROW,
  "update t a=1 --all --format csv": ONE_ROW,
  "insert t --from x.csv --format json": ONE_ROW,
  "insert t a=1 --input csv": "--input belongs to a file; add --from file",
  "upsert t a=1 --alter": "--alter belongs to a file; add --from file",
  "import t package.json --no-key": "--no-key belongs to a new table; add --create",
  "create-table t a=int --allow-loss --dry-run": "--allow-loss belongs to --transform; add it",
  "create-table t a=int --cascade": "--cascade belongs to --replace or --transform; add one",
  "transform t --cascade": "no change is given; add an option such as --rename old=new",
  "schema t --format sql": "tables can be chosen only for a diagram; add --format mermaid, dot or svg",
  "memory package.json sql --input csv":
    "--input belongs to standard input and to files without a known extension; remove it",
  "memory package.json sql --url x": "memory does not use --url; remove it",
  "migrate new x --dry-run": "new does not use --dry-run; remove it",
  "migrate new x --log-schema public": "new does not use --log-schema; remove it",
  "migrate new x --demo": "new does not use --demo; remove it",
});

test("an empty key, default and name in a file, and a repeated flag, are accepted", async () => {
  for (const line of ["get t ''", "add-column t a text --default ''", "tables --counts --counts"])
    expect(await outcome(line)).toStartWith("1 error: cannot connect");
  expect(await outcome("import t package.json --skip ''")).toStartWith("1 error: cannot connect");
});
