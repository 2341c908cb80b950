/** Where artifacts lie on S3, or on what speaks like it. */
export interface Bucket {
  name: string;
  /** What every key begins with; empty, or with a slash at the end. */
  prefix: string;
  /** Null: what the environment of AWS says. */
  region: string | null;
  /** Null: AWS. */
  endpoint: string | null;
  /** The bucket is named in the path of requests instead of in their host. */
  isPathStyle: boolean;
}

const NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const FORM = 's3://bucket/prefix?region=…&endpoint=https://…';
const OPTIONS = ['region', 'endpoint', 'pathStyle'];
const CREDENTIALS = 'must not have credentials in it; they come from the environment (AWS_ACCESS_KEY_ID and so on)';

/** Reads `s3://bucket/prefix?region=eu-central-1&endpoint=https://minio.example:9000&pathStyle=true`; all but the bucket may be left out.
 * With an endpoint, the path style is the default, as most who are not AWS want it.
 * @throws Error what is wrong, without saying the address again: there may be credentials in it. */
export function parseBucket(address: string): Bucket {
  if (!URL.canParse(address)) throw new Error(`must be a URL like ${FORM}`);
  const url = new URL(address);
  if (url.username || url.password) throw new Error(CREDENTIALS);
  if (url.port || url.hash || !NAME.test(url.hostname)) throw new Error(`must name a bucket, like ${FORM}`);
  const unknown = [...url.searchParams.keys()].find((option) => !OPTIONS.includes(option));
  if (unknown !== undefined)
    throw new Error(
      /key|secret|token|credential/i.test(unknown)
        ? CREDENTIALS
        : `has an option "${unknown}", but there are only ${OPTIONS.join(', ')}`,
    );
  const endpoint = url.searchParams.get('endpoint');
  const pathStyle = url.searchParams.get('pathStyle') ?? String(endpoint !== null);
  if (pathStyle !== 'true' && pathStyle !== 'false') throw new Error('must say pathStyle=true or pathStyle=false');
  const prefix = decodeURIComponent(url.pathname).split('/').filter(Boolean);
  return {
    name: url.hostname,
    prefix: prefix.map((segment) => `${segment}/`).join(''),
    region: url.searchParams.get('region') || null,
    endpoint: endpoint === null ? null : checkedEndpoint(endpoint),
    isPathStyle: pathStyle === 'true',
  };
}

function checkedEndpoint(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null;
  if (url?.username || url?.password) throw new Error(CREDENTIALS);
  if (!url || !/^https?:$/.test(url.protocol)) throw new Error('must have an endpoint like https://minio.example:9000');
  return endpoint;
}
