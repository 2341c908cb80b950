import { expect } from 'vitest';
import type { TestApp } from './testApp.js';

const MESSAGE = '... on Error { code message }';
export const ISSUES =
  '... on Error { __typename code message } ... on ValidationError { issues { path message } findings { code nodeId } }';

export interface MutationCall {
  /** `id`: the mutation takes an id alone, and has no issues to tell. */
  argument?: string;
  headers?: Record<string, string>;
}

/** The one member of a mutation's union that came back; the request itself must not fail. */
export async function resultOf(
  app: TestApp,
  field: string,
  inputType: string,
  selection: string,
  input: unknown,
  { argument = 'input', headers }: MutationCall = {},
) {
  const { data, errors } = await app.gql(
    `mutation ($input: ${inputType}!) { result: ${field}(${argument}: $input) { __typename ${selection} } }`,
    { input },
    headers,
  );
  expect(errors).toBeUndefined();
  return data.result;
}

/** Calls that tell all that is wrong as well, for the tests of a file; `app` is asked for when they are made. */
export const mutationCalls =
  (app: () => TestApp) =>
  (field: string, inputType: string, selection: string, input: unknown, argument = 'input') =>
    resultOf(app(), field, inputType, `${selection} ${argument === 'id' ? MESSAGE : ISSUES}`, input, { argument });
