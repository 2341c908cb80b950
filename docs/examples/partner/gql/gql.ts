/* eslint-disable */
import * as types from './graphql.js';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "query WhoAmI {\n  viewer {\n    name\n    role\n    scopes\n  }\n}\n\nquery Catalogue($first: Int = 20, $after: String) {\n  outputTypes(first: 100, subject: orderLine) {\n    edges {\n      node {\n        id\n        key\n        name\n        description\n        inputSchema\n      }\n    }\n  }\n  products(first: $first, after: $after) {\n    edges {\n      node {\n        id\n        sku\n        name\n      }\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}\n\nmutation PlaceOrder($input: CreateOrderInput!) {\n  createOrder(input: $input) {\n    ... on Order {\n      id\n      number\n      total {\n        amount\n        currency\n      }\n      lines {\n        id\n        lineNumber\n      }\n    }\n    ... on Error {\n      code\n      message\n    }\n    ... on ValidationError {\n      issues {\n        path\n        message\n      }\n    }\n  }\n}\n\nmutation ProduceOrder($input: DispatchOrderInput!) {\n  dispatchOrder(input: $input) {\n    ... on DispatchBatch {\n      started\n      lines {\n        orderLineId\n        result {\n          ... on Run {\n            id\n            status\n          }\n          ... on Error {\n            code\n            message\n          }\n        }\n      }\n    }\n    ... on Error {\n      code\n      message\n    }\n  }\n}\n\nquery OrderProgress($id: ID!) {\n  order(id: $id) {\n    state\n    lines {\n      lineNumber\n      state\n      runs {\n        status\n        progress\n        failure {\n          code\n          message\n        }\n      }\n      deliveredAssets {\n        name\n        version\n        artifact {\n          mediaType\n          byteSize\n          sha256\n          url\n        }\n      }\n    }\n  }\n}": typeof types.WhoAmIDocument,
};
const documents: Documents = {
    "query WhoAmI {\n  viewer {\n    name\n    role\n    scopes\n  }\n}\n\nquery Catalogue($first: Int = 20, $after: String) {\n  outputTypes(first: 100, subject: orderLine) {\n    edges {\n      node {\n        id\n        key\n        name\n        description\n        inputSchema\n      }\n    }\n  }\n  products(first: $first, after: $after) {\n    edges {\n      node {\n        id\n        sku\n        name\n      }\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}\n\nmutation PlaceOrder($input: CreateOrderInput!) {\n  createOrder(input: $input) {\n    ... on Order {\n      id\n      number\n      total {\n        amount\n        currency\n      }\n      lines {\n        id\n        lineNumber\n      }\n    }\n    ... on Error {\n      code\n      message\n    }\n    ... on ValidationError {\n      issues {\n        path\n        message\n      }\n    }\n  }\n}\n\nmutation ProduceOrder($input: DispatchOrderInput!) {\n  dispatchOrder(input: $input) {\n    ... on DispatchBatch {\n      started\n      lines {\n        orderLineId\n        result {\n          ... on Run {\n            id\n            status\n          }\n          ... on Error {\n            code\n            message\n          }\n        }\n      }\n    }\n    ... on Error {\n      code\n      message\n    }\n  }\n}\n\nquery OrderProgress($id: ID!) {\n  order(id: $id) {\n    state\n    lines {\n      lineNumber\n      state\n      runs {\n        status\n        progress\n        failure {\n          code\n          message\n        }\n      }\n      deliveredAssets {\n        name\n        version\n        artifact {\n          mediaType\n          byteSize\n          sha256\n          url\n        }\n      }\n    }\n  }\n}": types.WhoAmIDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query WhoAmI {\n  viewer {\n    name\n    role\n    scopes\n  }\n}\n\nquery Catalogue($first: Int = 20, $after: String) {\n  outputTypes(first: 100, subject: orderLine) {\n    edges {\n      node {\n        id\n        key\n        name\n        description\n        inputSchema\n      }\n    }\n  }\n  products(first: $first, after: $after) {\n    edges {\n      node {\n        id\n        sku\n        name\n      }\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}\n\nmutation PlaceOrder($input: CreateOrderInput!) {\n  createOrder(input: $input) {\n    ... on Order {\n      id\n      number\n      total {\n        amount\n        currency\n      }\n      lines {\n        id\n        lineNumber\n      }\n    }\n    ... on Error {\n      code\n      message\n    }\n    ... on ValidationError {\n      issues {\n        path\n        message\n      }\n    }\n  }\n}\n\nmutation ProduceOrder($input: DispatchOrderInput!) {\n  dispatchOrder(input: $input) {\n    ... on DispatchBatch {\n      started\n      lines {\n        orderLineId\n        result {\n          ... on Run {\n            id\n            status\n          }\n          ... on Error {\n            code\n            message\n          }\n        }\n      }\n    }\n    ... on Error {\n      code\n      message\n    }\n  }\n}\n\nquery OrderProgress($id: ID!) {\n  order(id: $id) {\n    state\n    lines {\n      lineNumber\n      state\n      runs {\n        status\n        progress\n        failure {\n          code\n          message\n        }\n      }\n      deliveredAssets {\n        name\n        version\n        artifact {\n          mediaType\n          byteSize\n          sha256\n          url\n        }\n      }\n    }\n  }\n}"): typeof import('./graphql.js').WhoAmIDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
