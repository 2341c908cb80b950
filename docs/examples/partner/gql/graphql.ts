/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** An order with all its lines. */
export type CreateOrderInput = {
  /** Made up by you: the same key with the same values gives the same result once more, with other values a conflict. Each mutation has its own keys. */
  idempotencyKey?: string | null | undefined;
  /** What is ordered: 1 to 500 lines. */
  lines: Array<OrderLineInput>;
  /** Number or name that the customer knows it by, up to 200 characters. */
  reference?: string | null | undefined;
};

/** An order to produce. */
export type DispatchOrderInput = {
  /** Made up by you: the same key with the same values gives the same result once more, with other values a conflict. Each mutation has its own keys. */
  idempotencyKey?: string | null | undefined;
  /** Id of the order. */
  orderId: string | number;
};

/** A product in an output type. */
export type OrderLineInput = {
  /** Part name → material name, for this line only. */
  materialOverrides?: unknown;
  /** What the output type's `inputSchema` lets callers set, by name. */
  options?: unknown;
  /** What is to be made of it. */
  outputTypeId: string | number;
  /** What is to be shown. */
  productId: string | number;
  /** How many pieces are charged; from 1 to 10,000. */
  quantity?: number | null | undefined;
};

/** Where an order or a line of it stands; follows from its runs. */
export type OrderState =
  /** Taken back before anything was delivered. */
  | 'cancelled'
  /** Everything was delivered. */
  | 'delivered'
  /** Nothing was dispatched yet. */
  | 'draft'
  /** Nothing was delivered, and the last run failed. */
  | 'failed'
  /** Some was delivered; the rest failed, was cancelled or was not dispatched. */
  | 'partially_delivered'
  /** Dispatched; no run has begun. */
  | 'queued'
  /** A run is under way. */
  | 'running';

/** What somebody is here; decides what they may do. */
export type Role =
  /** May do everything. */
  | 'admin'
  /** Makes workflows, library and output types, and runs them. */
  | 'artist'
  /** Places orders, watches over runs, decides rollouts. */
  | 'operator'
  /** Orders, and sees only what is theirs. */
  | 'partner'
  /** Looks, and changes nothing. */
  | 'viewer';

/** Where a run stands. `succeeded`, `partial`, `failed` and `cancelled` are final. */
export type RunStatus =
  /** Ended by a person. */
  | 'cancelled'
  /** Asked to stop; running nodes are still ending. */
  | 'cancelling'
  /** Ended by a node that failed. */
  | 'failed'
  /** Ended, but a node that may fail did, and what depends on it was skipped. */
  | 'partial'
  /** Accepted; no node has begun. */
  | 'queued'
  /** At least one node has begun. */
  | 'running'
  /** Every node succeeded. */
  | 'succeeded';

/** One thing that somebody may do. */
export type Scope =
  /** Accounts, tokens, webhooks of others, audit trail. */
  | 'admin'
  /** Change workflows, library and output types. */
  | 'author'
  /** Dispatch, cancel, retry and roll out anything. */
  | 'operate'
  /** Place and dispatch orders; read their orders, runs and assets. */
  | 'order'
  /** Read everything of the studio. */
  | 'view';

export type WhoAmIQueryVariables = Exact<{ [key: string]: never; }>;


export type WhoAmIQuery = { viewer: { name: string, role: Role, scopes: Array<Scope> } };

export type CatalogueQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type CatalogueQuery = { outputTypes: { edges: Array<{ node: { id: string, key: string, name: string, description: string, inputSchema: unknown } }> }, products: { edges: Array<{ node: { id: string, sku: string, name: string } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type PlaceOrderMutationVariables = Exact<{
  input: CreateOrderInput;
}>;


export type PlaceOrderMutation = { createOrder:
    | { code: string, message: string }
    | { code: string, message: string }
    | { id: string, number: number, total: Array<{ amount: string, currency: string }>, lines: Array<{ id: string, lineNumber: number }> }
    | { code: string, message: string, issues: Array<{ path: string, message: string }> }
   };

export type ProduceOrderMutationVariables = Exact<{
  input: DispatchOrderInput;
}>;


export type ProduceOrderMutation = { dispatchOrder:
    | { code: string, message: string }
    | { started: number, lines: Array<{ orderLineId: string, result:
          | { code: string, message: string }
          | { code: string, message: string }
          | { id: string, status: RunStatus }
          | { code: string, message: string }
         }> }
    | { code: string, message: string }
   };

export type OrderProgressQueryVariables = Exact<{
  id: string | number;
}>;


export type OrderProgressQuery = { order: { state: OrderState, lines: Array<{ lineNumber: number, state: OrderState, runs: Array<{ status: RunStatus, progress: number, failure: { code: string, message: string } | null }>, deliveredAssets: Array<{ name: string, version: number, artifact: { mediaType: string, byteSize: number, sha256: string, url: string } }> }> } | null };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}

export const WhoAmIDocument = new TypedDocumentString(`
    query WhoAmI {
  viewer {
    name
    role
    scopes
  }
}
    `, {"hash":"0eba635f28303be32094b6bb010db1186da4beae8d0699715b63aa07b7ef3f59"}) as unknown as TypedDocumentString<WhoAmIQuery, WhoAmIQueryVariables>;
export const CatalogueDocument = new TypedDocumentString(`
    query Catalogue($first: Int = 20, $after: String) {
  outputTypes(first: 100, subject: orderLine) {
    edges {
      node {
        id
        key
        name
        description
        inputSchema
      }
    }
  }
  products(first: $first, after: $after) {
    edges {
      node {
        id
        sku
        name
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `, {"hash":"bf950360b70e90ae9e215381312b57f58e3c77947a57b2c74058861413cc9c45"}) as unknown as TypedDocumentString<CatalogueQuery, CatalogueQueryVariables>;
export const PlaceOrderDocument = new TypedDocumentString(`
    mutation PlaceOrder($input: CreateOrderInput!) {
  createOrder(input: $input) {
    ... on Order {
      id
      number
      total {
        amount
        currency
      }
      lines {
        id
        lineNumber
      }
    }
    ... on Error {
      code
      message
    }
    ... on ValidationError {
      issues {
        path
        message
      }
    }
  }
}
    `, {"hash":"b479118042a1574a2a4cd91258696daddb9e584743f422bd40f69b71f59f87c8"}) as unknown as TypedDocumentString<PlaceOrderMutation, PlaceOrderMutationVariables>;
export const ProduceOrderDocument = new TypedDocumentString(`
    mutation ProduceOrder($input: DispatchOrderInput!) {
  dispatchOrder(input: $input) {
    ... on DispatchBatch {
      started
      lines {
        orderLineId
        result {
          ... on Run {
            id
            status
          }
          ... on Error {
            code
            message
          }
        }
      }
    }
    ... on Error {
      code
      message
    }
  }
}
    `, {"hash":"f82b526e46d63e6ec3b53b4fa2b48c349acf7556715ae8d66ba4479a70beb668"}) as unknown as TypedDocumentString<ProduceOrderMutation, ProduceOrderMutationVariables>;
export const OrderProgressDocument = new TypedDocumentString(`
    query OrderProgress($id: ID!) {
  order(id: $id) {
    state
    lines {
      lineNumber
      state
      runs {
        status
        progress
        failure {
          code
          message
        }
      }
      deliveredAssets {
        name
        version
        artifact {
          mediaType
          byteSize
          sha256
          url
        }
      }
    }
  }
}
    `, {"hash":"8115aee47c3b626e46b1b9facb25ed69916ec0cc3ebf06b562eb366cede192e8"}) as unknown as TypedDocumentString<OrderProgressQuery, OrderProgressQueryVariables>;