/** A function whose first calls resolve when `size` of them have been made. */
export function meetingOf(size: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let calls = 0;
  return () => {
    if (++calls === size) resolve();
    return promise;
  };
}
