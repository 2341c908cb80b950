import { expect } from 'vitest';
import { ADMIN_TOKEN, type Answer, type TestApi, type TestApp } from './testApp.js';

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
  app: TestApi,
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

/** Starts a run. @returns the run, or why it was not started. */
export const dispatchRun = (app: TestApi, input: object) =>
  resultOf(app, 'dispatch', 'DispatchInput', '... on Run { id } ... on Error { code message }', input);

/** Begins an order with a line. @returns the line, or why there is none. */
export const addOrderLine = (app: TestApi, input: object) =>
  resultOf(
    app,
    'createOrderLine',
    'CreateOrderLineInput',
    '... on OrderLine { id } ... on Error { code message }',
    input,
  );

export interface SentFile {
  content: string | Uint8Array;
  name: string;
}

/** The answer to a mutation that takes a file in its input, sent as multipart. */
export async function answerToUpload(
  app: TestApp,
  [field, inputType, selection]: [field: string, inputType: string, selection: string],
  input: object,
  { content, name }: SentFile,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const query = `mutation ($input: ${inputType}!) { result: ${field}(input: $input) { __typename ${selection} } }`;
  const form = new FormData();
  form.set('operations', JSON.stringify({ query, variables: { input: { ...input, file: null } } }));
  form.set('map', JSON.stringify({ 0: ['variables.input.file'] }));
  form.set('0', new Blob([content as BlobPart]), name);
  const response = await app.fetch('/graphql', {
    method: 'POST',
    body: form,
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, ...headers },
  });
  return { status: response.status, ...((await response.json()) as object) } as Answer;
}

/** As `resultOf`, of a mutation that takes a file. */
export async function resultOfUpload(
  app: TestApp,
  mutation: [field: string, inputType: string, selection: string],
  input: object,
  file: SentFile,
) {
  const { data, errors } = await answerToUpload(app, mutation, input, file);
  expect(errors).toBeUndefined();
  return data.result;
}
