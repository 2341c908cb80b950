import { graphql } from '../../gql/index.js';

export const WebhookFields = graphql(`
  fragment WebhookFields on Webhook {
    id
    name
    url
    eventTypes
    ownOnly
    isEnabled
    disabledAt
    disabledReason
    failingSince
    oldSecretsUntil
    createdAt
    account {
      id
      name
    }
  }
`);

export const WebhooksQuery = graphql(`
  query Webhooks($after: String) {
    webhooks(first: 50, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      edges {
        node {
          ...WebhookFields
        }
      }
    }
  }
`);

export const DeliveriesQuery = graphql(`
  query WebhookDeliveries($filter: WebhookDeliveryFilter, $after: String) {
    webhookDeliveries(first: 50, after: $after, filter: $filter) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      edges {
        node {
          id
          eventId
          eventType
          body
          status
          nextAttemptAt
          createdAt
          webhook {
            id
            name
            isEnabled
            disabledReason
            failingSince
          }
          attempts {
            number
            at
            tookMs
            responseCode
            errorCode
            errorMessage
          }
        }
      }
    }
  }
`);

export const CreateWebhook = graphql(`
  mutation CreateWebhook($input: CreateWebhookInput!) {
    createWebhook(input: $input) {
      __typename
      ... on WebhookSecret {
        secret
      }
      ...ProblemParts
    }
  }
`);

export const UpdateWebhook = graphql(`
  mutation UpdateWebhook($input: UpdateWebhookInput!) {
    updateWebhook(input: $input) {
      __typename
      ... on Webhook {
        ...WebhookFields
      }
      ...ProblemParts
    }
  }
`);

export const DeleteWebhook = graphql(`
  mutation DeleteWebhook($id: ID!) {
    deleteWebhook(id: $id) {
      __typename
      ...ProblemParts
    }
  }
`);

export const RotateWebhookSecret = graphql(`
  mutation RotateWebhookSecret($id: ID!, $overlapHours: Int!) {
    rotateWebhookSecret(id: $id, overlapHours: $overlapHours) {
      __typename
      ... on WebhookSecret {
        secret
        webhook {
          id
          oldSecretsUntil
        }
      }
      ...ProblemParts
    }
  }
`);

export const PingWebhook = graphql(`
  mutation PingWebhook($id: ID!) {
    pingWebhook(id: $id) {
      __typename
      ...ProblemParts
    }
  }
`);

export const RedeliverFailedWebhookEvents = graphql(`
  mutation RedeliverFailedWebhookEvents($input: RedeliverFailedWebhookEventsInput!) {
    redeliverFailedWebhookEvents(input: $input) {
      __typename
      ... on WebhookRedelivery {
        count
      }
      ...ProblemParts
    }
  }
`);

export const RedeliverWebhookEvent = graphql(`
  mutation RedeliverWebhookEvent($deliveryId: ID!) {
    redeliverWebhookEvent(deliveryId: $deliveryId) {
      __typename
      ... on WebhookDelivery {
        id
        status
        nextAttemptAt
      }
      ...ProblemParts
    }
  }
`);
