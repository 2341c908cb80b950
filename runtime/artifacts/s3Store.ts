import { createReadStream } from 'node:fs';
import { mkdir, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import {
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { LRUCache } from 'lru-cache';
import type { Bucket } from './bucket.js';
import { ContentCache } from './contentCache.js';
import { contentPath } from './contentPath.js';
import { linkOrCopy } from './linkOrCopy.js';
import { receiveContent, takeOver } from './receiveContent.js';
import { ATTEMPTS, s3Client } from './s3Client.js';
import { explainS3Error, isNotFound, isRefusedWithoutReason } from './s3Errors.js';
import { type ArtifactStore, type ByteRange, ContentError, type StoredContent, StoreError } from './store.js';
import { verified } from './verified.js';

/** Bigger content goes up in parts of this size, four at once: what is in memory at a time. */
const PART_BYTES = 8 * 1024 * 1024;
/** S3 takes no more parts of one object. */
const MAX_PARTS = 10_000;
const CHECK_MS = 8_000;
/** How long content that was there is taken to be there: nobody but people at the bucket deletes anything. */
const KNOWN_MS = 60_000;
const MAX_KNOWN = 20_000;

/** Artifacts in a bucket, under the same names as in a directory, so that `aws s3 sync` moves an installation. What is written or read
 * as a file is kept in a local cache as well. Whole content is checked against its address whenever it is read from the bucket. */
export class S3ArtifactStore implements ArtifactStore {
  private readonly client: S3Client;
  private readonly cache: ContentCache;
  private readonly sizes = new LRUCache<string, number>({ max: MAX_KNOWN, ttl: KNOWN_MS });

  /** @param cacheDir - any number of processes of this machine may share it.
   * @param maxCacheBytes - more is there only while it is in use. */
  constructor(
    private readonly bucket: Bucket,
    cacheDir: string,
    maxCacheBytes: number,
  ) {
    this.cache = new ContentCache(cacheDir, maxCacheBytes, (sha256, signal) => this.fetch(sha256, null, signal));
    this.client = s3Client(bucket);
  }

  put(source: Readable, signal?: AbortSignal): Promise<StoredContent> {
    // Its address is known when it has come to its end, so it goes by way of the disk.
    const settle = async (file: string, content: StoredContent) => {
      if ((await this.byteSize(content.sha256)) !== content.byteSize) await this.upload(file, content, signal);
      this.sizes.set(content.sha256, content.byteSize);
      await this.cache.add(file, content);
      return content;
    };
    return receiveContent(this.cache.root, source, settle, { signal });
  }

  putFile(file: string, signal?: AbortSignal): Promise<StoredContent> {
    return takeOver(file, (content) => this.put(content, signal));
  }

  async open(sha256: string, range?: ByteRange): Promise<Readable> {
    const here = await this.cache.useIfHere(sha256, (file) => open(file));
    if (here) return here.value.createReadStream(range);
    const stop = new AbortController();
    const body = await this.fetch(sha256, range ?? null, stop.signal);
    const content = range ? body : Readable.from(verified(body, sha256), { objectMode: false });
    content.once('close', () => stop.abort());
    return content;
  }

  read(sha256: string, signal?: AbortSignal): Promise<Buffer> {
    return this.cache.use(sha256, (file) => readFile(file), signal);
  }

  async localFile(sha256: string, dir: string, signal?: AbortSignal): Promise<string> {
    const file = path.join(dir, sha256);
    await mkdir(dir, { recursive: true });
    await this.cache.use(sha256, (cached) => linkOrCopy(cached, file), signal);
    return file;
  }

  async byteSize(sha256: string): Promise<number | null> {
    const known = this.sizes.get(sha256);
    if (known !== undefined) return known;
    try {
      const { ContentLength: size = 0 } = await this.client.send(new HeadObjectCommand(this.object(sha256)));
      this.sizes.set(sha256, size);
      return size;
    } catch (error) {
      if (isNotFound(error)) return null;
      throw explainS3Error(error, this.bucket);
    }
  }

  async check(): Promise<void> {
    const signal = AbortSignal.timeout(CHECK_MS);
    const { name: Bucket } = this.bucket;
    try {
      await this.client.send(new HeadBucketCommand({ Bucket }), { abortSignal: signal }).catch(async (error) => {
        if (!isRefusedWithoutReason(error)) throw error;
        await this.client.send(new ListObjectsV2Command({ Bucket, MaxKeys: 1 }), { abortSignal: signal });
      });
    } catch (error) {
      if (!signal.aborted) throw explainS3Error(error, this.bucket);
      throw new StoreError(
        'ARTIFACT_STORE_UNREACHABLE',
        `The artifact store, the bucket "${this.bucket.name}", did not answer within ${CHECK_MS / 1000} s.`,
      );
    }
  }

  private object(sha256: string) {
    return { Bucket: this.bucket.name, Key: this.bucket.prefix + contentPath(sha256) };
  }

  private async upload(file: string, { sha256, byteSize }: StoredContent, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const upload = new Upload({
      client: this.client,
      params: { ...this.object(sha256), Body: createReadStream(file) },
      partSize: Math.max(PART_BYTES, Math.ceil(byteSize / MAX_PARTS)),
    });
    const stop = () => void upload.abort();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      await upload.done();
    } catch (error) {
      throw signal?.aborted ? signal.reason : explainS3Error(error, this.bucket);
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  /** A stream of the object that goes on where the connection broke. */
  private async fetch(sha256: string, range: ByteRange | null, signal: AbortSignal): Promise<Readable> {
    const first = await this.get(sha256, range, signal);
    const end = range?.end ?? first.size - 1;
    let at = range?.start ?? 0;
    const { bucket } = this;
    const get = (from: number) => this.get(sha256, { start: from, end }, signal);
    async function* bytes() {
      let body = first.body[Symbol.asyncIterator]();
      for (let attempt = 1; ; ) {
        let next: IteratorResult<Buffer>;
        try {
          next = await body.next();
        } catch (error) {
          if (signal.aborted) throw error;
          if (at > end) return;
          if (attempt++ === ATTEMPTS) throw explainS3Error(error, bucket);
          body = (await get(at)).body[Symbol.asyncIterator]();
          continue;
        }
        if (next.done) return;
        attempt = 1;
        at += next.value.length;
        yield next.value;
      }
    }
    return Readable.from(bytes(), { objectMode: false });
  }

  private async get(sha256: string, range: ByteRange | null, signal: AbortSignal) {
    const part = range ? { Range: `bytes=${range.start}-${range.end}` } : {};
    try {
      const { Body, ContentLength: size = 0 } = await this.client.send(
        new GetObjectCommand({ ...this.object(sha256), ...part }),
        { abortSignal: signal },
      );
      return { body: Body as Readable, size };
    } catch (error) {
      if (isNotFound(error)) throw new ContentError('ARTIFACT_MISSING', sha256);
      throw explainS3Error(error, this.bucket);
    }
  }
}
