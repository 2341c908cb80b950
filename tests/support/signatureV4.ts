import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([\w;-]+), ?Signature=([0-9a-f]{64})$/;

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
/** Encoded as AWS wants it, whatever the client left as it is. */
const encoded = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

type SignedRequest = Pick<IncomingMessage, 'method' | 'url' | 'headers'>;

/** The signature that a request of an access key's owner has, by the rules that AWS publishes
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html), and not by those of the client that is tested.
 * @returns null where the request is not signed that way. */
export function signatureOf({ method, url, headers }: SignedRequest, secret: string) {
  const parts = AUTHORIZATION.exec(headers.authorization ?? '');
  if (!parts) return null;
  const [, accessKey, day, region, signedHeaders, given] = parts as unknown as string[];
  const [path = '', query = ''] = url!.split('?', 2);
  const parameters = [...new URLSearchParams(query)]
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort();
  const lines = signedHeaders!
    .split(';')
    .map((name) => `${name}:${String(headers[name]).trim().replace(/ +/g, ' ')}\n`);
  const canonical = [
    method,
    decodeURIComponent(path).split('/').map(encoded).join('/'),
    parameters.join('&'),
    lines.join(''),
    signedHeaders,
    headers['x-amz-content-sha256'],
  ].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const key = [day!, region!, 's3', 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secret}`);
  return { accessKey: accessKey!, given: given!, expected: hmac(key, toSign).toString('hex') };
}
