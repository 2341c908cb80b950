/** A stream that can be closed at any time: by its reader or by `outer`. Closing aborts the signal that `open` was given at
 * once, so a source that waits for its next value ends without waiting for it. (An async generator could not: its
 * `return` queues up behind the pending `next`.) */
export function untilClosed<T>(
  outer: AbortSignal,
  open: (signal: AbortSignal) => AsyncIterable<T>,
): AsyncIterableIterator<T> {
  const closing = new AbortController();
  const abort = () => closing.abort();
  outer.addEventListener('abort', abort);
  if (outer.aborted) abort();
  const source = open(closing.signal)[Symbol.asyncIterator]();
  const end = { done: true, value: undefined } as const;
  const close = (): IteratorResult<T> => {
    outer.removeEventListener('abort', abort);
    abort();
    return end;
  };
  return {
    async next() {
      try {
        const result = closing.signal.aborted ? end : await source.next();
        return result.done ? close() : result;
      } catch (error) {
        // A source may answer an abort by throwing; for the reader the stream is simply over.
        if (closing.signal.aborted) return end;
        close();
        throw error;
      }
    },
    async return() {
      close();
      await source.return?.();
      return end;
    },
    async throw(error) {
      close();
      await source.return?.();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
