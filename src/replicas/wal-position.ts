/** A position in the write-ahead log as PostgreSQL prints it, such as `0/16B3748`, or undefined for another text. */
export function parsePosition(text: string): bigint | undefined {
  const parts = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i.exec(text);
  return parts === null ? undefined : (BigInt(`0x${parts[1]}`) << 32n) + BigInt(`0x${parts[2]}`);
}

/** The position in PostgreSQL's text format. */
export function printPosition(position: bigint): string {
  const hex = (part: bigint): string => part.toString(16).toUpperCase();
  return `${hex(position >> 32n)}/${hex(position & 0xffff_ffffn)}`;
}
