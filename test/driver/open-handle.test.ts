// The server that a URL refers to, and the description of a handle: no connection is opened.

import { expect, test } from "bun:test";
import { SQL } from "bun";
import { openHandle } from "../../src/driver/open-handle.ts";
import { ArgumentError, describeHandle } from "../../src/index.ts";

test.each([
  ["postgres://ann:secret@db.example:5433/music", "postgres://ann@db.example:5433/music"],
  ["postgresql://ann@db.example/music", "postgres://ann@db.example:5432/music"],
  ["postgres://ann@db.example", "postgres://ann@db.example:5432/ann"],
  ["postgres://db.example/music", "postgres://postgres@db.example:5432/music"],
  ["postgres:///music", "postgres://postgres@localhost:5432/music"],
  ["postgres://db.example", "postgres://postgres@db.example:5432/postgres"],
  ["postgres://ann@[::1]:5433/music", "postgres://ann@[::1]:5433/music"],
  ["postgres://a%40b@db.example/m%2Fn", "postgres://a%40b@db.example:5432/m%2Fn"],
])("%s is %s", (url, text) => {
  expect(describeHandle(openHandle(url, { max: 1 }))).toBe(text);
  expect(describeHandle(openHandle(new URL(url), { max: 1 }))).toBe(text);
});

test.each(["mysql://u@h/x", "http://h/x", "postgres", ""])("%p is rejected", url => {
  expect(() => openHandle(url, {})).toThrow(ArgumentError);
});

test("a text that is not a URL is not in the message, because it may contain a password", () => {
  const open = (url: string): void => void openHandle(url, {});
  expect(() => open("ann:secret")).toThrow(/^url must start with postgres:\/\/, received ann:$/);
  expect(() => open("secret")).toThrow(/^url must be a URL such as postgres:\/\/user@host:5432\/database$/);
});

test.each([
  [0, true],
  [2 ** 31 - 1, true],
  [2 ** 31, false],
  [-1, false],
  [Number.NaN, false],
])("a time of %p ms is accepted: %p", (time, isValid) => {
  for (const name of ["connectionTimeout", "idleTimeout", "maxLifetime"]) {
    const attempt = (): unknown => openHandle("postgres://h/x", { [name]: time });
    if (isValid) expect(attempt).not.toThrow();
    else expect(attempt).toThrow(`${name} must be a non-negative number of milliseconds, received ${time}`);
  }
});

test.each([
  [1, true],
  [2 ** 31 - 1, true],
  [2 ** 31, false],
  [0, false],
  [1.5, false],
])("a pool of %p connections is accepted: %p", (max, isValid) => {
  const attempt = (): unknown => openHandle("postgres://h/x", { max });
  if (isValid) expect(attempt).not.toThrow();
  else expect(attempt).toThrow(`max must be a positive integer, received ${max}`);
});

test.each([null, "on", 1])("tls of %p is rejected", tls => {
  expect(() => openHandle("postgres://h/x", { tls: tls as never })).toThrow(
    "tls must be true, false or an object of TLS options",
  );
});

test("the description of a socket handle has its directory", () => {
  const sql = new SQL({ adapter: "postgres", path: "/run/pg", username: "ann", database: "music" });
  expect(describeHandle(sql)).toBe("postgres://ann@/music?host=%2Frun%2Fpg");
});
