import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import S3rver from 's3rver';
import { vi } from 'vitest';
import { parseBucket } from '../../runtime/artifacts/bucket.js';
import { s3Client } from '../../runtime/artifacts/s3Client.js';
import { signatureOf } from './signatureV4.js';

const BUCKET = 'hartomat-test';

/** What the test server takes for an answer. */
export const S3_CREDENTIALS = { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER' };

export interface SeenRequest {
  method: string;
  /** Path and query below the bucket. */
  target: string;
  range: string | null;
  /** Bytes of the body. */
  length: number;
}

/** Answers in the place of the server; false: it does not. */
export type Fault = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface TestBucket {
  /** As `ARTIFACT_URL` takes it. */
  url(prefix?: string): string;
  /** Everything that was asked of the server. */
  seen: SeenRequest[];
  /** Comes before the server with each request until it is taken away. */
  fault: Fault | null;
  keys(): Promise<string[]>;
  /** Writes past the store. */
  write(key: string, content: string | Buffer): Promise<void>;
  stop(): Promise<void>;
}

/** The server knows the key, but would believe whoever names it. */
function isForged(request: IncomingMessage): boolean {
  const signature = signatureOf(request, S3_CREDENTIALS.AWS_SECRET_ACCESS_KEY);
  return signature?.accessKey === S3_CREDENTIALS.AWS_ACCESS_KEY_ID && signature.given !== signature.expected;
}

/** Refuses as AWS does; answers to HEAD have no body to say why. */
export const refuse = (response: ServerResponse, code: string): void =>
  void response
    .writeHead(403, { 'content-type': 'application/xml' })
    .end(response.req.method === 'HEAD' ? undefined : `<Error><Code>${code}</Code><Message>Refused.</Message></Error>`);

/** A bucket of an S3 server on a free port, with its credentials in the environment. */
export async function startTestBucket(): Promise<TestBucket> {
  const directory = await mkdtemp(path.join(tmpdir(), 'hartomat-s3-'));
  const s3 = new S3rver({ directory, silent: true, vhostBuckets: false, configureBuckets: [{ name: BUCKET }] });
  await s3.configureBuckets();
  const answer = s3.callback();
  const server = createServer((request, response) => {
    bucket.seen.push({
      method: request.method!,
      target: request.url!.replace(`/${BUCKET}`, ''),
      range: request.headers.range ?? null,
      length: Number(request.headers['content-length'] ?? 0),
    });
    if (bucket.fault?.(request, response)) return;
    if (isForged(request)) refuse(response, 'SignatureDoesNotMatch');
    else answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const url = (prefix = '') => `s3://${BUCKET}/${prefix}?endpoint=${encodeURIComponent(endpoint)}`;
  for (const [name, value] of Object.entries(S3_CREDENTIALS)) vi.stubEnv(name, value);
  const client = s3Client(parseBucket(url()));
  const bucket: TestBucket = {
    url,
    seen: [],
    fault: null,
    async keys() {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: BUCKET }));
      return Contents.map(({ Key }) => Key!).sort();
    },
    async write(key, content) {
      await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: content }));
    },
    async stop() {
      client.destroy();
      vi.unstubAllEnvs();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(directory, { recursive: true, force: true });
    },
  };
  return bucket;
}
