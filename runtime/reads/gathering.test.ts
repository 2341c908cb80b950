import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Gathering } from './gathering.js';

/** Answers lots when it is told to, in the order in which they were sent. */
function answers() {
  const lots: string[][] = [];
  const open: { resolve(answer: string[]): void; reject(error: Error): void; lot: readonly string[] }[] = [];
  return {
    lots,
    answer: (lot: readonly string[]) =>
      new Promise<string[]>((resolve, reject) => {
        lots.push([...lot]);
        open.push({ resolve, reject, lot });
      }),
    async next(error?: Error) {
      const { resolve, reject, lot } = open.shift()!;
      if (error) reject(error);
      else resolve(lot.map((one) => one.toUpperCase()));
      await setImmediate();
    },
  };
}

test('questions of one tick go together, each to its answer', async () => {
  const gathering = new Gathering<string, string>();
  const { lots, answer, next } = answers();
  const asked = ['a', 'b', 'a'].map((one) => gathering.ask('sort', one, answer));
  await setImmediate();
  expect(lots).toEqual([['a', 'b', 'a']]);
  await next();
  expect(await Promise.all(asked)).toEqual(['A', 'B', 'A']);
  expect(gathering.size).toBe(0);
});

test('two lots go side by side; who comes meanwhile waits for the first of them to be answered, and goes with all who wait', async () => {
  const gathering = new Gathering<string, string>();
  const { lots, answer, next } = answers();
  const asked: Promise<string>[] = [];
  for (const one of ['a', 'b', 'c', 'd', 'e']) {
    asked.push(gathering.ask('sort', one, answer));
    await setImmediate();
  }
  expect(lots).toEqual([['a'], ['b']]);
  await next();
  expect(lots).toEqual([['a'], ['b'], ['c', 'd', 'e']]);
  // Not one of those that are on their way: they may not know of what was written since.
  asked.push(gathering.ask('sort', 'f', answer));
  await setImmediate();
  expect(lots).toHaveLength(3);
  await next();
  expect(lots.slice(3)).toEqual([['f']]);
  await next();
  await next();
  expect(await Promise.all(asked)).toEqual(['A', 'B', 'C', 'D', 'E', 'F']);
  expect(gathering.size).toBe(0);
});

test('other sorts wait for nothing', async () => {
  const gathering = new Gathering<string, string>();
  const { lots, answer, next } = answers();
  const asked: Promise<string>[] = [];
  for (const sort of ['one', 'one', 'one', 'other']) {
    asked.push(gathering.ask(sort, sort, answer));
    await setImmediate();
  }
  expect(lots).toEqual([['one'], ['one'], ['other']]);
  for (let n = 0; n < 4; n++) await next();
  expect(await Promise.all(asked)).toEqual(['ONE', 'ONE', 'ONE', 'OTHER']);
  expect(gathering.size).toBe(0);
});

test('a lot that fails, fails for those in it, and the next goes', async () => {
  const gathering = new Gathering<string, string>();
  const { answer, next } = answers();
  const asked: Promise<PromiseSettledResult<string>[]>[] = [];
  for (const one of ['a', 'b', 'c']) {
    asked.push(Promise.allSettled([gathering.ask('sort', one, answer)]));
    await setImmediate();
  }
  await next(new Error('away'));
  await next();
  await next();
  const [[a], [b], [c]] = (await Promise.all(asked)) as [PromiseSettledResult<string>[]] as any;
  expect(a).toEqual({ status: 'rejected', reason: new Error('away') });
  expect([b.value, c.value]).toEqual(['B', 'C']);
  expect(gathering.size).toBe(0);
});
