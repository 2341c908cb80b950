let queue: Promise<unknown> = Promise.resolve();

/** Runs one piece of heavy work after the other, in the order it was asked for: a server is no render farm. */
export function oneAtATime<T>(work: () => Promise<T>): Promise<T> {
  const turn = queue.then(work);
  queue = turn.catch(() => {});
  return turn;
}
