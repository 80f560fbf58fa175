import { quoteIdentifier } from "../quote.ts";
import type { Setting } from "../snapshot.ts";
import { optionNameSql, optionSql } from "../storage-options.ts";
import { type Catalog, findRow } from "./catalog.ts";
import { MARK } from "./relation-parts.ts";
import type { ColumnRow, ColumnSettings, IndexRow, RelationRow } from "./rows.ts";

/** The settings of a relation or column; none if all are the defaults. */
interface Settings {
  readonly settings?: readonly Setting[];
}

const NONE: Settings = {};

function someOf(settings: readonly Setting[]): Settings {
  return settings.length === 0 ? NONE : { settings };
}

export function tableSettings(catalog: Catalog, row: RelationRow): Settings {
  const { 1: oid, 3: accessMethod, 8: letters } = row;
  if (!hasSettings(row)) return NONE;
  const method = findRow(catalog.method, accessMethod)?.[7] ?? "heap";
  const indexes = catalog.index.get(oid) ?? [];
  const clustered = indexes.find(({ 5: flags }) => (flags & 64) !== 0);
  const replica = indexes.find(({ 5: flags }) => (flags & 128) !== 0);
  return someOf([
    ...(method === "heap" ? [] : [setting("access method", quoteIdentifier(method), "heap")]),
    ...(clustered === undefined
      ? []
      : [{ name: "cluster", set: `CLUSTER ON ${indexName(clustered)}`, reset: "SET WITHOUT CLUSTER" }]),
    ...(letters[2] === "f" ? [replicaIdentity("FULL")] : []),
    ...(letters[2] === "n" ? [replicaIdentity("NOTHING")] : []),
    ...(replica === undefined ? [] : [replicaIdentity(`USING INDEX ${indexName(replica)}`)]),
  ]);
}

function hasSettings({ 8: letters }: RelationRow): boolean {
  return letters[0] === "r" || letters[0] === "p" || letters[0] === "m";
}

function indexName({ 7: name }: IndexRow): string {
  return quoteIdentifier(name);
}

function replicaIdentity(value: string): Setting {
  return {
    name: "replica identity",
    set: `REPLICA IDENTITY ${value}`,
    reset: "REPLICA IDENTITY DEFAULT",
  };
}

// pg_attribute.attstorage and pg_type.typstorage.
const STORAGES: Readonly<Record<string, string>> = { p: "PLAIN", e: "EXTERNAL", m: "MAIN", x: "EXTENDED" };
const COMPRESSIONS: Readonly<Record<string, string>> = { p: "pglz", l: "lz4" };

export function columnSettings({ type }: Catalog, relation: RelationRow, row: ColumnRow): Settings {
  const { 2: typeOid, 6: flags, 9: json } = row;
  const storage = String.fromCharCode((flags >> 9) & 127);
  const usual = findRow(type, typeOid)?.[9][3] ?? storage;
  if ((storage === usual && json === null) || !hasSettings(relation)) return NONE;
  const [compression, statistics, options] = (
    json === null ? ["", null, []] : JSON.parse(json)
  ) as ColumnSettings;
  return someOf([
    ...(storage === usual ? [] : [setting("storage", STORAGES[storage]!, STORAGES[usual]!)]),
    ...(compression === "" ? [] : [setting("compression", COMPRESSIONS[compression]!, "DEFAULT")]),
    ...(statistics === null ? [] : [setting("statistics", String(statistics), "-1")]),
    ...options
      .filter(option => !option.startsWith(MARK))
      .toSorted()
      .map(columnOption),
  ]);
}

function setting(name: string, value: string, usual: string): Setting {
  const action = `SET ${name.toUpperCase()}`;
  return { name, set: `${action} ${value}`, reset: `${action} ${usual}` };
}

function columnOption(option: string): Setting {
  const name = optionNameSql(option);
  return { name: `option ${name}`, set: `SET (${optionSql(option)})`, reset: `RESET (${name})` };
}
