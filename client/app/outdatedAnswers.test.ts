import { cacheExchange } from '@urql/exchange-graphcache';
import { persistedExchange } from '@urql/exchange-persisted';
import { Client, fetchExchange } from 'urql';
import { expect, it } from 'vitest';
import { outdatedAnswers } from './outdatedAnswers.js';

const Count = 'query Count { count }';
const Add = 'mutation Add { add }';

/** A server with a number that knows operations by their hash alone; queries wait for their answer until `answer` gives the one that was true as they were asked. */
function open() {
  let count = 0;
  const waiting: (() => void)[] = [];
  const asked: string[] = [];
  const json = (data: object) => Response.json({ data });
  const server: typeof fetch = async (_url, init) => {
    const { operationName, query } = JSON.parse(String(init!.body)) as { operationName: string; query?: string };
    asked.push(operationName);
    if (query) return Response.json({ errors: [{ message: 'Send the hash.' }] });
    if (operationName === 'Add') return json({ add: ++count });
    const known = count;
    await new Promise<void>((resolve) => waiting.push(resolve));
    return json({ count: known });
  };
  const client: Client = new Client({
    url: 'http://127.0.0.1/graphql',
    preferGetMethod: false,
    fetch: server,
    exchanges: [
      cacheExchange(),
      outdatedAnswers((operation) => client.reexecuteOperation(operation)),
      persistedExchange({ preferGetForPersistedQueries: false, enableForMutation: true }),
      fetchExchange,
    ],
  });
  const seen: number[] = [];
  const { unsubscribe } = client.query(Count, {}).subscribe(({ data }) => seen.push(data?.count));
  return { client, asked, seen, unsubscribe, answer: () => waiting.shift()!() };
}

it('asks a query again that was asked before something was changed and answered after it', async () => {
  const { client, asked, seen, answer } = open();
  await expect.poll(() => asked).toEqual(['Count']);
  await client.mutation(Add, {}).toPromise();
  answer();
  await expect.poll(() => asked).toEqual(['Count', 'Add', 'Count']);
  answer();
  await expect.poll(() => seen.at(-1)).toBe(1);
});

it('leaves an answer alone that came before, and what nobody waits for any more', async () => {
  const first = open();
  await expect.poll(() => first.asked).toEqual(['Count']);
  first.answer();
  await expect.poll(() => first.seen).toEqual([0]);
  await first.client.mutation(Add, {}).toPromise();

  const second = open();
  await expect.poll(() => second.asked).toEqual(['Count']);
  await second.client.mutation(Add, {}).toPromise();
  second.unsubscribe();
  second.answer();
  await second.client.mutation(Add, {}).toPromise();
  expect([first.asked, second.asked]).toEqual([
    ['Count', 'Add'],
    ['Count', 'Add', 'Add'],
  ]);
});
