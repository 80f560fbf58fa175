// Errors do not depend on the language of the server's messages (lc_messages), which only a superuser may set.
import { afterAll, describe, expect, test } from "bun:test";
import { SQL } from "bun";
import { failureFacts } from "../../src/driver/failure-facts.ts";
import {
  ConstraintError,
  deleteRow,
  insert,
  insertMany,
  loadSchema,
  QueryError,
  ScopeError,
  scope,
} from "../../src/index.ts";
import { constraintKind } from "../../src/rows/violation.ts";
import { findReferenceError } from "../../src/statements/reference-guard.ts";
import { startPostgres } from "../../src/testing/index.ts";
import { failure } from "../support/failure.ts";
import { compileLocales } from "../support/locales.ts";

// Sentences of PostgreSQL's message catalogs: a value, a missing and a referenced row.
const SENTENCES: Readonly<Record<string, readonly [string, string, string, string]>> = {
  en: [
    'invalid input syntax for type boolean: "%"',
    'insert or update on table "book" violates foreign key constraint "book_fkey"',
    'update or delete on table "author" violates foreign key constraint "book_fkey" on table "book"',
    'value "%" is out of range for type integer',
  ],
  de: [
    "ungültige Eingabesyntax für Typ boolean: »%«",
    "Einfügen oder Aktualisieren in Tabelle »book« verletzt Fremdschlüssel-Constraint »book_fkey«",
    "Aktualisieren oder Löschen in Tabelle »author« verletzt Fremdschlüssel-Constraint »book_fkey« von Tabelle »book«",
    "Wert »%« ist außerhalb des gültigen Bereichs für Typ integer",
  ],
  fr: [
    "syntaxe en entrée invalide pour le type boolean : « % »",
    "une instruction insert ou update sur la table « book » viole la contrainte de clé\nétrangère « book_fkey »",
    "UPDATE ou DELETE sur la table « author » viole la contrainte de clé étrangère « book_fkey » de la table « book »",
    "la valeur « % » est en dehors des limites pour le type integer",
  ],
  ja: [
    '"boolean"型の入力構文が不正です: "%"',
    'テーブル"book"への挿入、更新は外部キー制約"book_fkey"に違反しています',
    'テーブル"author"の更新または削除は、テーブル"book"の外部キー制約"book_fkey"に違反します',
    '値"%"は型integerの範囲外です',
  ],
  ko: [
    'boolean 자료형 대한 잘못된 입력: "%"',
    '"book" 테이블에서 자료 추가, 갱신 작업이 "book_fkey" 참조키(foreign key) 제약 조건을 위배했습니다',
    '"author" 테이블의 자료 갱신, 삭제 작업이 "book_fkey" 참조키(foreign key) 제약 조건 - "book" 테이블 - 을 위반했습니다',
    '입력한 "%" 값은 integer 자료형 범위를 초과했습니다',
  ],
};

describe.each(Object.entries(SENTENCES))("%s", (_, [invalid, missing, referenced, range]) => {
  test.each([
    ["22P02", invalid],
    ["22003", range],
  ])("%s: the message contains no value", (errno, sentence) => {
    for (const value of ["secret", 'se"cret', "»secret«", "secret: «x»", ""]) {
      const thrown = Object.assign(new Error(sentence.replace("%", () => value)), { errno });
      const { message } = failureFacts(thrown);
      expect(message).not.toMatch(/secret|["»«]/);
      expect(message).not.toBe("");
    }
  });

  test("a missing row is distinguished from a referenced row", () => {
    const kindOf = (message: string): unknown =>
      constraintKind("23503", { message, table: "book", constraint: "book_fkey" });
    expect([kindOf(missing), kindOf(referenced)]).toEqual(["missing", "referenced"]);
  });

  test("a reference to a row outside the scope is a ScopeError", () => {
    const error = findReferenceError(new Error(invalid.replace("%", 'rowfn scope: book.a"b, "c')));
    expect(error).toBeInstanceOf(ScopeError);
    expect(error?.columns).toEqual(['a"b', '"c']);
    expect(error?.message).toStartWith('book.a"b, "c: ');
  });
});

test("an error of a value in a text search query contains no value, and an error in SQL contains its names", () => {
  const message = 'syntax error in tsquery: "secret ("';
  expect(failureFacts(Object.assign(new Error(message), { errno: "42601" })).message).toBe(
    "syntax error in tsquery",
  );
  const located = Object.assign(new Error('syntax error at or near "selec"'), {
    errno: "42601",
    position: "1",
  });
  expect(failureFacts(located).message).toBe('syntax error at or near "selec"');
});

const locales = compileLocales(["de_DE.UTF-8", "es_ES.UTF-8", "fr_FR.UTF-8", "ja_JP.UTF-8", "ko_KR.UTF-8"]);
process.env["LOCPATH"] = locales.path;
const server = await startPostgres();
delete process.env["LOCPATH"];
afterAll(async () => {
  await server.stop();
  locales.remove();
});

const admin = new SQL(server.url);
await admin
  .unsafe(
    `create table author (id int primary key, tenant int not null);
  create table book (id int primary key, tenant int not null, author_id int references author, n int check (n < 500), name varchar(3));
  create table stay (id int primary key, tenant int not null, room int4range, exclude using gist (room with &&));
  create table note (id int primary key, tenant int not null, author_id int references author on delete set null,
    body text, check (author_id is not null or body is null));
  insert into author values (1, 1), (2, 2), (3, 1);
  insert into book values (1, 1, 1); insert into note values (1, 2, 3, 'secret'); insert into stay values (1, 2, '[10,20)')`,
  )
  .simple();
const schema = await loadSchema(admin);
await admin.close();
const mine = scope(schema, { "*": { tenant: 1 } });
const prepare = process.env["ROWFN_PREPARE"] !== "false";

describe.each(locales.names)("a server with messages in %s", name => {
  const sql = new SQL(server.url, { prepare, connection: { lc_messages: name } });
  afterAll(() => sql.close());

  const constraintFailure = async (attempt: Promise<unknown>): Promise<ConstraintError> => {
    const error = await failure(attempt);
    expect(error).toBeInstanceOf(ConstraintError);
    return error as ConstraintError;
  };

  test("the kind and the message of a foreign key", async () => {
    const missing = await constraintFailure(insert(sql, schema, "book", { id: 2, tenant: 1, author_id: 99 }));
    expect([missing.kind, missing.reason]).toEqual(["missing", "no author has id 99"]);
    const referenced = await constraintFailure(deleteRow(sql, schema, "author", 1));
    expect([referenced.kind, referenced.reason]).toEqual([
      "referenced",
      "author 1 is still referenced by book.author_id",
    ]);
  });

  test("a reference to another tenant's row", async () => {
    const error = await failure(insert(sql, mine, "book", { id: 2, author_id: 2 }));
    expect(error).toBeInstanceOf(ScopeError);
  });

  test("the number of the row of a COPY", async () => {
    const rows = Array.from({ length: 200 }, (_, at) => ({ id: 10 + at, tenant: 1, n: 380 + at }));
    const error = await constraintFailure(insertMany(sql, schema, "book", rows, { validate: false }));
    expect(error.row).toBe(120);
  });

  test("no message contains a value, and no error in a scope contains a value of another tenant's row", async () => {
    const invalid = (await failure(
      insert(sql, schema, "book", { id: "secret", tenant: 1 } as never, { validate: false }),
    )) as QueryError;
    expect(invalid).toBeInstanceOf(QueryError);
    expect(invalid.message).not.toContain("secret");
    const conflict = await constraintFailure(insert(sql, mine, "stay", { id: 2, room: "[15,16)" }));
    expect(Bun.inspect(conflict, { depth: 9 })).not.toContain("[10,20)");
    const cascade = await constraintFailure(deleteRow(sql, mine, "author", 3));
    expect(Bun.inspect(cascade, { depth: 9 })).not.toContain("secret");
  });
});
