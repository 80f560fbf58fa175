/** `count` members of a list, the same for the same seed, in an order of which every beginning is a fair sample. */
export function pick<Member>(list: readonly Member[], count: number, seed: number): readonly Member[] {
  const random = randomNumbers(seed);
  return list
    .map(member => ({ member, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .slice(0, count)
    .map(({ member }) => member);
}

// Mulberry32: numbers from 0 to below 1.
function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
