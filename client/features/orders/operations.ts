import { graphql } from '../../gql/index.js';

export const LinePreflightQuery = graphql(`
  query LinePreflight($id: ID!) {
    preflight(input: { orderLineId: $id }) {
      __typename
      ... on Preflight {
        orderLine {
          id
          lineNumber
        }
        ...PreflightFields
      }
      ...ProblemParts
    }
  }
`);

export const OrderPreflightQuery = graphql(`
  query OrderPreflight($id: ID!) {
    preflightOrder(orderId: $id) {
      __typename
      ... on OrderPreflight {
        isReady
        duration {
          minMs
          maxMs
        }
        total {
          amount
          currency
        }
        lines {
          orderLine {
            id
            lineNumber
          }
          ...PreflightFields
        }
      }
      ...ProblemParts
    }
  }
`);

export const OrderQuery = graphql(`
  query Order($id: ID!) {
    order(id: $id) {
      id
      number
      reference
      createdAt
      placedBy
      state
      total {
        amount
        currency
      }
      lines {
        id
        lineNumber
        quantity
        state
        cancelledAt
        price {
          amount
          currency
        }
        options
        product {
          id
          name
          sku
        }
        outputType {
          id
          name
        }
        runs {
          id
          status
          failure {
            code
            message
          }
        }
        deliveredAssets {
          id
          name
          artifact {
            id
            mediaType
            url
            thumbnailUrl
          }
        }
      }
    }
  }
`);

export const OrderRunChanged = graphql(`
  subscription OrderRunChanged($orderId: ID!, $after: String) {
    runChanged(filter: { orderId: $orderId }, after: $after) {
      cursor
      run {
        id
        status
      }
    }
  }
`);

export const DispatchLines = graphql(`
  mutation DispatchOrderLines($input: DispatchOrderLinesInput!) {
    dispatchOrderLines(input: $input) {
      __typename
      ... on DispatchBatch {
        started
        lines {
          orderLineId
          result {
            __typename
            ... on Run {
              id
              status
            }
            ...ProblemParts
          }
        }
      }
      ...ProblemParts
    }
  }
`);

export const CancelOrder = graphql(`
  mutation CancelOrder($id: ID!) {
    cancelOrder(id: $id) {
      __typename
      ... on Order {
        id
        state
      }
      ...ProblemParts
    }
  }
`);

export const CancelLine = graphql(`
  mutation CancelOrderLine($id: ID!) {
    cancelOrderLine(id: $id) {
      __typename
      ... on OrderLine {
        id
        state
      }
      ...ProblemParts
    }
  }
`);

export const RemoveLine = graphql(`
  mutation RemoveOrderLine($id: ID!) {
    removeOrderLine(id: $id) {
      __typename
      ... on Order {
        id
        state
      }
      ...ProblemParts
    }
  }
`);
