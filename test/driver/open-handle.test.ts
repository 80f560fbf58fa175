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
  ["postgres://db.example/music?user=ann", "postgres://ann@db.example:5432/music"],
  [
    "postgres://ann@db.example/music?user=b%40c&dbname=m%2Fn&port=5433",
    "postgres://b%40c@db.example:5433/m%2Fn",
  ],
  ["postgres:///?host=db.example&port=5433&user=ann", "postgres://ann@db.example:5433/ann"],
  ["postgres://ann@db.example?dbname=music&target_session_attrs=any", "postgres://ann@db.example:5432/music"],
  ["postgres://a,b:c,d@db.example/music?application_name=a,b", "postgres://a%2Cb@db.example:5432/music"],
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
  "postgres://ann:12/secret@db.example:5432/music",
  "postgres://ann:12?secret@db.example:5432/music",
  "postgres://ann:12#secret@db.example:5432/music",
  "postgres://ann:/secret@db.example/music",
  "postgres://ann@db.example/music#secret",
])("a password that is not encoded is rejected and not shown: %s", url => {
  for (const given of [url, new URL(url)])
    expect(() => openHandle(given, {})).toThrow(
      /^url: a \/ \? # or @ in the user name, the password or the name of the database must be percent-encoded, such as %2F for \/$/,
    );
});

test.each(["postgres://ann:secret%@h/x", "postgres://ann%zz:secret@h/x", "postgres://ann@h/x%e9"])(
  "a % that encodes nothing is rejected: %s",
  url => {
    expect(() => openHandle(url, {})).toThrow(
      /^url: a % in the user name, the password or the name of the database must be written as %25$/,
    );
  },
);

test.each([
  "postgres://ann@a.example,b.example/music",
  "postgresql://ann@a.example:5432,b.example:5433/music",
  "postgres:///music?user=ann&host=a.example,b.example",
  "postgres:///music?host=a.example%2cb.example",
])("a URL of several servers is rejected: %s", url => {
  expect(() => openHandle(url, {})).toThrow(
    /^url must name one host, received several; open a handle for each of them, and pass the handles to replicas$/,
  );
});

test.each(["target_session_attrs=read-write", "load_balance_hosts=random"])(
  "a parameter that chooses among servers is rejected: %s",
  parameter => {
    expect(() => openHandle(`postgres://ann@db.example/music?${parameter}`, {})).toThrow(
      `url: ${parameter} is not supported; leave it out, and pass the handles of all servers to replicas, which finds the primary`,
    );
  },
);

test("connect_timeout of a URL is the time to wait for a connection, unless the options have one", () => {
  const timeOf = (parameter: string, options = {}): unknown =>
    (openHandle(`postgres://h/x?${parameter}`, options).options as { connectionTimeout?: number })
      .connectionTimeout;
  expect(timeOf("")).toBe(10_000);
  expect(timeOf("connect_timeout=3")).toBe(3_000);
  expect(timeOf("connect_timeout=0")).toBe(0);
  expect(timeOf("connect_timeout=-1")).toBe(0);
  expect(timeOf("connect_timeout=3", { connectionTimeout: 4_000 })).toBe(4_000);
  expect(() => timeOf("connect_timeout=soon")).toThrow(
    'url: connect_timeout must be an integer number of seconds, received "soon"',
  );
});

test("the password of a URL can be a parameter", () => {
  const { options } = openHandle("postgres://ann@h/x?password=a%26b", {});
  expect((options as { password?: string }).password).toBe("a&b");
});

test("a port that cannot be one is rejected", () => {
  expect(() => openHandle("postgres://h/x?port=5433x", {})).toThrow(
    'url: the port must be an integer from 1 to 65535, received "5433x"',
  );
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
