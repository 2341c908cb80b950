import { S3Client } from '@aws-sdk/client-s3';
import type { Bucket } from './bucket.js';

const CONNECT_MS = 5_000;
/** A connection on which nothing happens for so long is dead. */
const SILENCE_MS = 30_000;
/** How often the SDK sends a request that a busy server or a broken line left without an answer. */
export const ATTEMPTS = 5;

// The SDK is pinned, and the Node.js it warns of is the oldest we run on: nothing an operator could do about it.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/** Credentials come from where AWS programs find them: environment, profile, role of the machine. */
export function s3Client({ region, endpoint, isPathStyle }: Bucket): S3Client {
  return new S3Client({
    region: region ?? (endpoint ? 'us-east-1' : undefined),
    endpoint: endpoint ?? undefined,
    forcePathStyle: isPathStyle,
    maxAttempts: ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: SILENCE_MS },
    // Many who are not AWS do not know the checksums that the SDK would add.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}
