/** The names that are most similar to a name, as the end of a message: `; did you mean "album"?`; empty if none is similar. */
export function nearest(given: string, names: Iterable<string>): string {
  const name = String(given);
  const wanted = name.toLowerCase();
  const limit = Math.max(2, Math.floor(name.length / 3));
  const close = [...names]
    .map(candidate => ({ candidate, distance: distance(wanted, candidate.toLowerCase(), limit) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ candidate }) => JSON.stringify(candidate));
  const last = close.pop();
  if (last === undefined) return "";
  return `; did you mean ${close.length === 0 ? "" : `${close.join(", ")} or `}${last}?`;
}

// `tenant` is near to `tenant_id`: a part of a name counts as at most one and a half wrong letters. A client can send a name of
// megabytes, so that names whose lengths differ by more than the limit are not compared.
function distance(a: string, b: string, limit: number): number {
  const isPiece = Math.min(a.length, b.length) >= 4 && (a.includes(b) || b.includes(a));
  const letters = Math.abs(a.length - b.length) > limit ? Number.POSITIVE_INFINITY : editDistance(a, b);
  return isPiece ? Math.min(1.5, letters) : letters;
}

/** The number of insertions, deletions, replacements and swaps of neighbors that turn one string into the other. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(swapped ? Math.min(cost, before[j - 2]! + 1) : cost);
    }
    before = last;
    last = row;
  }
  return last[b.length]!;
}
