import { expect, it } from 'vitest';
import { parseBucket } from './bucket.js';

it('reads where a bucket is', () => {
  expect(parseBucket('s3://studio')).toEqual({
    ...{ name: 'studio', prefix: '', region: null, endpoint: null, isPathStyle: false },
  });
  expect(parseBucket('s3://studio/hartomat/live/?region=eu-central-1')).toMatchObject({
    prefix: 'hartomat/live/',
    region: 'eu-central-1',
  });
  expect(parseBucket('s3://studio/a?endpoint=https://minio.example:9000')).toMatchObject({
    prefix: 'a/',
    endpoint: 'https://minio.example:9000',
    isPathStyle: true,
  });
  expect(parseBucket('s3://studio?endpoint=https://s3.example&pathStyle=false').isPathStyle).toBe(false);
});

it.each([
  ['s3://', 'bucket'],
  ['s3://UPPER_case', 'bucket'],
  ['s3://studio:9000', 'bucket'],
  ['s3://studio?regoin=eu', '"regoin"'],
  ['s3://studio?endpoint=minio:9000', 'endpoint'],
  ['s3://studio?pathStyle=yes', 'pathStyle'],
])('refuses %s and says why', (address, why) => {
  expect(() => parseBucket(address)).toThrow(why);
});

it.each([
  's3://AKIAX:hunter2@studio',
  's3://studio?secretAccessKey=hunter2',
  's3://studio?endpoint=https://me:hunter2@minio.example',
])('refuses credentials without saying them again: %s', (address) => {
  expect(() => parseBucket(address)).toThrow(
    expect.objectContaining({ message: expect.stringMatching(/^(?!.*hunter2).*credentials/) }),
  );
});
