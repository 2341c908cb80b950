import { expect, test } from 'vitest';
import { SecretBox } from './secretBox.js';

const [A, B] = ['a'.repeat(43), 'b'.repeat(43)];
const box = new SecretBox([A]);

test('what is sealed opens for its purpose, and says nothing of itself', () => {
  const sealed = box.seal('whsec_ü', 'webhook 1');
  expect(sealed).toMatch(/^sealed1\.[0-9a-f]{8}\.[\w-]+$/);
  expect(box.seal('whsec_ü', 'webhook 1')).not.toBe(sealed);
  expect(box.open(sealed, 'webhook 1')).toBe('whsec_ü');
  expect(() => box.open(sealed, 'webhook 2')).toThrow();
});

test('nobody changes it unnoticed, nor cuts its tag short', () => {
  const [mark, id, content] = box.seal('secret', 'x').split('.') as [string, string, string];
  const bytes = Buffer.from(content, 'base64url');
  for (let at = 0; at < bytes.length; at++) {
    const other = Buffer.from(bytes);
    other[at]! ^= 1;
    expect(() => box.open([mark, id, other.toString('base64url')].join('.'), 'x'), `byte ${at}`).toThrow();
  }
  expect(() => box.open([mark, id, bytes.subarray(0, 16).toString('base64url')].join('.'), 'x')).toThrow();
});

test('an older key opens and no longer seals; an unknown one is told in words', () => {
  const old = box.seal('secret', 'x');
  const both = new SecretBox([B, A]);
  expect(both.open(old, 'x')).toBe('secret');
  expect(() => box.open(both.seal('secret', 'x'), 'x')).toThrow(/encrypted with another key/);
});

test('what was kept before there were keys is given back as it is', () => {
  expect(box.open('whsec_AAAA', 'x')).toBe('whsec_AAAA');
});
