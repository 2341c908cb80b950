import { expect } from 'vitest';
import type { TestApp } from './testApp.js';

export const ERROR = '... on Error { __typename code message } ... on ValidationError { issues { path message } }';
export const MATERIAL =
  '... on Material { id name label properties revision archivedAt textures { channel artifact { mediaType fileName url } } blendAsset { material artifact { fileName } } }';
export const RULE = '... on MaterialRule { id priority partNamePattern cadColor material { name } }';

/** Calls that make materials and rules over the API, for the tests of a file; `app` is asked for when they are made. */
export function materialCalls(app: () => TestApp) {
  /** The field `result` of a document that must not fail. */
  async function call(document: string, variables: object = {}) {
    const { data, errors } = await app().gql(document, variables);
    expect(errors).toBeUndefined();
    return data.result;
  }
  const create = (input: object) =>
    call(
      `mutation ($i: CreateMaterialInput!) { result: createMaterial(input: $i) { __typename ${MATERIAL} ${ERROR} } }`,
      { i: input },
    );
  const createRule = (input: object) =>
    call(
      `mutation ($i: MaterialRuleInput!) { result: createMaterialRule(input: $i) { __typename ${RULE} ${ERROR} } }`,
      {
        i: input,
      },
    );
  return { call, create, createRule };
}
