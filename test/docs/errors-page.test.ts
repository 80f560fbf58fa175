// The table in docs/errors.md lists every error class with its fields and the status that `problem` returns.
import { expect, test } from "bun:test";
import { join } from "node:path";
import * as rowfn from "../support/every-entry.ts";
import { sourceFiles } from "../support/source-files.ts";

interface DocumentedError {
  readonly name: string;
  readonly fields: readonly string[];
  readonly status: string;
}

type ErrorClass = new (...args: never[]) => Error;
const exported = new Map(Object.entries(rowfn) as [string, ErrorClass][]);
const page = await Bun.file(join(import.meta.dir, "../../docs/errors.md")).text();
const [table = ""] = page.split("## Violated constraints");
const documented: readonly DocumentedError[] = table
  .split("\n")
  .map(line => line.split(/(?<!\\)\|/).map(cell => cell.trim()))
  .filter(([, name]) => /^`\w+`$/.test(name ?? ""))
  .map(([, name = "", fields = "", , status = ""]) => ({
    name: name.replaceAll("`", ""),
    fields: [...fields.matchAll(/`([a-z]\w*)`/g)].map(([, field]) => field!),
    status,
  }));

const classes = new Map(
  sourceFiles()
    .filter(({ path }) => !path.startsWith("cli/"))
    .flatMap(({ text }) => [...text.matchAll(/^export class (\w+Error) [\s\S]*?^}/gm)])
    .map(([text, name]) => [
      name!,
      [...text.matchAll(/^ {2}(?:declare )?readonly (\w+)\??:/gm)].map(([, field]) => field!),
    ]),
);

test("every error class is in the table", () => {
  expect(documented.map(({ name }) => name).sort()).toEqual([...classes.keys()].sort());
});

test("each row lists the fields of its class", () => {
  expect(documented.map(({ name, fields }) => [name, fields])).toEqual(
    documented.map(({ name }) => [name, classes.get(name) ?? []]),
  );
});

test("each status is the one that problem returns", () => {
  const simple = documented.filter(({ name, status }) => /^\d+$/.test(status) && !OF_CAUSE.includes(name));
  const answered = simple.map(({ name }) => {
    const error = Reflect.construct(exported.get(name)!, SAMPLES[name] ?? ["message"]) as Error;
    return [name, String(rowfn.problem(error, { onError: () => {} }).status)];
  });
  expect(answered).toEqual(simple.map(({ name, status }) => [name, status]));
});

// They are not separate public classes.
const OF_CAUSE: readonly string[] = ["ParameterError"];
const SAMPLES: Readonly<Record<string, readonly unknown[]>> = {
  ValidationError: ["album", []],
  ImportError: ["album", "message", undefined],
};
