/** A function whose calls resolve together after `size` calls. */
export function meetingOf(size: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let calls = 0;
  return () => {
    if (++calls === size) resolve();
    return promise;
  };
}
