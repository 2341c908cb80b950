/** A stream that its reader can close at any time. Closing aborts the signal that `open` was given at once, so a source that
 * waits for its next value ends without waiting for it. (An async generator could not: its `return` queues up behind the
 * pending `next`.) */
export function untilClosed<T>(
  open: (signal: AbortSignal) => AsyncIterable<T>,
  closing = new AbortController(),
): AsyncIterableIterator<T> {
  const source = open(closing.signal)[Symbol.asyncIterator]();
  const end = { done: true, value: undefined } as const;
  const close = async () => {
    closing.abort();
    await source.return?.();
  };
  return {
    async next() {
      try {
        return closing.signal.aborted ? end : await source.next();
      } catch (error) {
        // A source may answer an abort by throwing; for the reader the stream is simply over.
        if (closing.signal.aborted) return end;
        throw error;
      }
    },
    async return() {
      await close();
      return end;
    },
    async throw(error) {
      await close();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
