import type { S3ServiceException } from '@aws-sdk/client-s3';
import type { Bucket } from './bucket.js';
import { StoreError } from './store.js';

const NEEDED = 's3:ListBucket on the bucket, s3:GetObject, s3:PutObject and s3:AbortMultipartUpload on its objects';

/** What is wrong with the credentials, by the codes of AWS. */
const CREDENTIAL_FAULTS: Record<string, string> = {
  InvalidAccessKeyId: 'it does not know this access key. Check AWS_ACCESS_KEY_ID',
  SignatureDoesNotMatch: 'the secret is not that of the access key. Check AWS_SECRET_ACCESS_KEY',
  ExpiredToken: 'the credentials have run out. Get new ones, and check AWS_SESSION_TOKEN',
  InvalidToken: 'the credentials have run out. Get new ones, and check AWS_SESSION_TOKEN',
  RequestTimeTooSkewed: 'the clock of this machine is wrong. Set it',
};

export const isNotFound = (error: unknown): boolean =>
  statusOf(error) === 404 && (error as Error).name !== 'NoSuchBucket';

/** A failure of S3 in a sentence that says what to do; any other error as it is. */
export function explainS3Error(error: unknown, { name, endpoint }: Bucket): unknown {
  if (!(error instanceof Error) || error.name === 'AbortError') return error;
  const where = `the bucket "${name}"${endpoint ? ` at ${endpoint}` : ''}`;
  const refused = (message: string) => new StoreError('ARTIFACT_STORE_REFUSED', message);
  if (error.name === 'CredentialsProviderError')
    return refused(
      `There are no credentials for ${where}. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the machine a role.`,
    );
  if (error.message === 'Region is missing')
    return refused(`It is not known where ${where} is. Set AWS_REGION, or write ?region=… into ARTIFACT_URL.`);
  const status = statusOf(error);
  const code = (error as NodeJS.ErrnoException).code ?? error.name;
  if (status === undefined && !isOfConnection(error)) return error;
  if (status === undefined || status >= 500 || status === 429 || error.name === 'TimeoutError')
    return new StoreError('ARTIFACT_STORE_UNREACHABLE', `The artifact store, ${where}, does not answer (${code}).`);
  if (status === 404) return refused(`There is no such bucket: ${where}. Check ARTIFACT_URL.`);
  if (status === 301 || status === 307)
    return refused(
      `${where[0]!.toUpperCase()}${where.slice(1)} is in another region. Check the region in ARTIFACT_URL.`,
    );
  const fault = CREDENTIAL_FAULTS[error.name];
  if (fault) return refused(`The artifact store, ${where}, refuses: ${fault}.`);
  return refused(`The artifact store, ${where}, refuses (${code}). The credentials need ${NEEDED}.`);
}

/** Whether it was refused in an answer to HEAD, which has no room for a reason. */
export const isRefusedWithoutReason = (error: unknown): boolean =>
  statusOf(error) === 403 && ['403', 'Forbidden', 'Unknown', 'UnknownError'].includes((error as Error).name);

const statusOf = (error: unknown): number | undefined =>
  (error as Partial<S3ServiceException>).$metadata?.httpStatusCode;

/** The connection failed, or was given up, before there was an answer. */
function isOfConnection(error: Error): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return error.name === 'TimeoutError' || syscall !== undefined || /^E[A-Z_]+$|CERT|SIGNATURE/.test(code ?? '');
}
