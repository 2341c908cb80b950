import { expect, it } from 'vitest';
import { publishedFileName } from './fileName.js';

it.each([
  ['{sku}_{outputType}', { sku: 'HM-6205', outputType: 'still_1k' }, 'HM-6205_still_1k.png'],
  ['{sku}_{outputType}', { sku: 'HM-6205' }, 'HM-6205.png'],
  ['{sku}_{outputType}', { source: 'bearing 6205' }, 'bearing-6205.png'],
  ['{sku}_{outputType}', {}, 'asset.png'],
  ['{order}-{line}_{width}x{height}', { order: '1001', line: 2, width: 1024, height: 512 }, '1001-2_1024x512.png'],
  ['{product}', { product: 'Wälzlager groß "6205" 🙂' }, 'Waelzlager-gross-6205.png'],
  ['{product}', { product: '轴承' }, 'asset.png'],
  ['{sku}', { sku: '../../etc/passwd' }, 'etc-passwd.png'],
  ['../{sku}/..', { sku: 'a' }, 'a.png'],
  ['{sku}', { sku: '.hidden' }, 'hidden.png'],
  ['{sku}', { sku: 'CON' }, 'CON_.png'],
  ['{sku}', { sku: 'a\u0000b\r\nc' }, 'a-b-c.png'],
  ['{sku}', { sku: '{product}', product: 'x' }, 'product.png'],
  ['plain', {}, 'plain.png'],
])('"%s" of %j is "%s"', async (template, facts, name) => {
  expect(await publishedFileName(template, facts, '.png')).toBe(name);
});

it('stays short, whatever the facts', async () => {
  expect((await publishedFileName('{sku}', { sku: 'x'.repeat(10_000) }, '.png')).length).toBe(124);
});

it.each(['{skuu}', '{}', '{constructor}', '{__proto__}'])(
  'refuses the placeholder %s and lists what there is',
  async (template) => {
    await expect(publishedFileName(template, {}, '.png')).rejects.toMatchObject({
      code: 'NAME_PLACEHOLDER_UNKNOWN',
      message: expect.stringContaining('{sku}'),
      details: { path: '/fileName' },
    });
  },
);
