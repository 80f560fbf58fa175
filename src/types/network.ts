import type { Codec, Problem } from "./codec.ts";
import { problem } from "./problem.ts";
import { stringCodec } from "./scalar.ts";

/** The codec of inet: a full address with an optional mask. */
export const inetCodec = (): Codec =>
  networkCodec("inet", 'an address such as "10.0.0.1" or "::1/64"', text => parseAddress(text) !== undefined);

/** The codec of cidr: as inet, with no bits set to the right of the mask. */
export const cidrCodec = (): Codec =>
  networkCodec(
    "cidr",
    'a network such as "10.0.0.0/8", with no bits set to the right of the mask',
    isNetwork,
  );

// The formats of the manual (8.9.4), with two digits per byte.
const MACADDR =
  /^[\da-f]{2}([:-])(?:[\da-f]{2}\1){4}[\da-f]{2}$|^[\da-f]{6}[:-]?[\da-f]{6}$|^[\da-f]{4}([.-])[\da-f]{4}\2[\da-f]{4}$/i;
const MACADDR8 =
  /^[\da-f]{2}([:-])(?:[\da-f]{2}\1){6}[\da-f]{2}$|^[\da-f]{6}([:-]?)[\da-f]{10}$|^[\da-f]{4}([.-])(?:[\da-f]{4}\3){2}[\da-f]{4}$/i;

export const macaddrCodec = (): Codec =>
  networkCodec("macaddr", 'a MAC address such as "08:00:2b:01:02:03"', text => MACADDR.test(text));

export const macaddr8Codec = (): Codec =>
  networkCodec("macaddr8", 'a MAC address such as "08:00:2b:01:02:03:04:05"', text => MACADDR8.test(text));

interface Address {
  readonly bits: bigint;
  readonly width: 32 | 128;
  readonly mask: number;
}

function networkCodec(castType: string, expected: string, accepts: (text: string) => boolean): Codec {
  const check = (value: unknown): Problem | undefined =>
    typeof value === "string" && accepts(value) ? undefined : problem(expected, value);
  return stringCodec({
    castType,
    family: "network",
    check,
  });
}

function isNetwork(text: string): boolean {
  const address = parseAddress(text);
  return address !== undefined && (address.bits & ((1n << BigInt(address.width - address.mask)) - 1n)) === 0n;
}

function parseAddress(text: string): Address | undefined {
  const [address = "", mask, ...rest] = text.split("/");
  if (rest.length > 0) return undefined;
  const isV6 = address.includes(":");
  const bits = isV6 ? parseV6(address) : parseV4(address);
  const width = isV6 ? 128 : 32;
  if (bits === undefined) return undefined;
  if (mask === undefined) return { bits, width, mask: width };
  // PostgreSQL accepts leading zeros in an IPv4 mask, but not in an IPv6 mask.
  if (!(isV6 ? /^(?:0|[1-9]\d{0,2})$/ : /^\d{1,9}$/).test(mask) || Number(mask) > width) return undefined;
  return { bits, width, mask: Number(mask) };
}

function parseV4(text: string): bigint | undefined {
  if (!/^\d{1,9}(?:\.\d{1,9}){3}$/.test(text)) return undefined;
  const octets = text.split(".").map(Number);
  return octets.some(octet => octet > 255)
    ? undefined
    : octets.reduce((bits, octet) => bits * 256n + BigInt(octet), 0n);
}

function parseV6(text: string): bigint | undefined {
  const groups = withoutEmbedded(text);
  if (groups === undefined) return undefined;
  const halves = groups.split("::");
  const [left, right] = halves.map(half => (half === "" ? [] : half.split(":")));
  if (left === undefined || halves.length > 2) return undefined;
  const given = [...left, ...(right ?? [])];
  if (given.some(group => !/^[\da-f]{1,4}$/i.test(group))) return undefined;
  if (right === undefined ? given.length !== 8 : given.length > 7) return undefined;
  const all = [...left, ...Array<string>(8 - given.length).fill("0"), ...(right ?? [])];
  return all.reduce((bits, group) => bits * 65536n + BigInt(`0x${group}`), 0n);
}

// The last 32 bits may be dotted decimals without leading zeros: `::ffff:1.2.3.4`.
function withoutEmbedded(text: string): string | undefined {
  if (!text.includes(".")) return text;
  const at = text.lastIndexOf(":") + 1;
  const embedded = text.slice(at);
  const bits = /^(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}$/.test(embedded)
    ? parseV4(embedded)
    : undefined;
  return bits === undefined
    ? undefined
    : `${text.slice(0, at)}${(bits >> 16n).toString(16)}:${(bits & 0xffffn).toString(16)}`;
}
