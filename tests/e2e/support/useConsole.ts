import { afterAll, beforeAll } from 'vitest';
import { type OpenConsole, openConsole } from './openConsole.js';

/** A console for the tests of a group, open from before the first of them to after the last.
 * @returns what is open, to be read within tests and hooks only. */
export function useConsole(options: Parameters<typeof openConsole>[0]): Readonly<OpenConsole> {
  const session: Partial<OpenConsole> = {};
  beforeAll(async () => {
    Object.assign(session, await openConsole(options));
  });
  afterAll(() => session.close?.());
  return session as OpenConsole;
}
