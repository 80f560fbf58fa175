// The choice of a server from known positions.
import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  choosePrimary,
  chooseReader,
  positionAt,
  type ServerState,
} from "../../src/replicas/choose-server.ts";
import { parsePosition, printPosition } from "../../src/replicas/read-server.ts";

const primary = (timeline: number): ServerState => ({ role: "primary", position: 100n, timeline });
const standby = (position: bigint, timeline = 2): ServerState => ({ role: "standby", position, timeline });
const goneServer = (position: bigint): ServerState => ({ role: "gone", position, timeline: 0 });

test("the standbys that have replayed the position are used in turn", () => {
  const states = [primary(1), standby(50n), standby(49n), goneServer(90n), standby(60n)];
  expect([0, 1, 2, 3].map(turn => chooseReader(states, 0, 50n, turn))).toEqual([1, 4, 1, 4]);
  expect([0, 1].map(turn => chooseReader(states, 0, 51n, turn))).toEqual([4, 4]);
});

test("without such a standby, or without a position, the primary is used", () => {
  const states = [standby(99n), primary(2), goneServer(99n)];
  expect(chooseReader(states, 1, 100n, 7)).toBe(1);
  expect(chooseReader(states, 1, undefined, 7)).toBe(1);
  expect(chooseReader([primary(1)], 0, 0n, 3)).toBe(0);
});

test("the primary is the server that was most recently promoted", () => {
  expect(choosePrimary([primary(1), primary(2)], 0)).toBe(1);
  expect(choosePrimary([primary(2), primary(1)], 0)).toBe(0);
  expect(choosePrimary([goneServer(1n), standby(1n, 1), primary(1)], 0)).toBe(2);
  expect(choosePrimary([goneServer(1n), standby(1n)], 0)).toBe(0);
  expect(choosePrimary([primary(1), primary(1)], 1)).toBe(1);
});

test("a former primary does not become the primary again, although its successor is gone or unknown", () => {
  const gone: ServerState = { role: "gone", position: 9n, timeline: 2 };
  expect(choosePrimary([primary(1), gone], 1)).toBe(1);
  expect(choosePrimary([primary(1), gone, standby(1n, 2)], 1)).toBe(1);
  expect(choosePrimary([primary(1), gone, primary(3)], 1)).toBe(2);
  expect(choosePrimary([primary(1), standby(1n, 2), primary(2)], 0)).toBe(2);
});

test("a standby of an earlier timeline than the primary's is not used, whatever its position", () => {
  const states = [primary(2), standby(99n, 1), standby(60n, 2)];
  expect([0, 1].map(turn => chooseReader(states, 0, 50n, turn))).toEqual([2, 2]);
  expect(chooseReader(states, 0, 61n, 0)).toBe(0);
  expect(chooseReader([primary(2), standby(99n, 1)], 0, 0n, 0)).toBe(0);
});

test("everything committed before a time is covered by the smallest position that was requested later", () => {
  const samples = [
    { time: 10, position: 5n },
    { time: 20, position: 8n },
    { time: 30, position: 8n },
  ];
  expect([5, 10, 11, 30, 31].map(time => positionAt(samples, time))).toEqual([5n, 5n, 8n, 8n, undefined]);
});

test("positions have PostgreSQL's text format", () => {
  expect(parsePosition("16/B374D848")).toBe(0x16_b374_d848n);
  expect(printPosition(0x16_b374_d848n)).toBe("16/B374D848");
  for (const text of ["", "16", "x/1", "1/123456789", "0/1 or true"])
    expect(parsePosition(text)).toBeUndefined();
  const positions = fc.bigInt(0n, 2n ** 64n - 1n);
  fc.assert(fc.property(positions, position => parsePosition(printPosition(position)) === position));
});
