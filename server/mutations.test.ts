import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { encodeGlobalId as id } from '../schema/globalId.js';
import { answerToUpload, ISSUES, mutationCalls } from '../tests/support/mutationCalls.js';
import { ADMIN_TOKEN, startTestApp, type TestApp } from '../tests/support/testApp.js';
import { type Catalogue, createCatalogue, STEP_FILE } from '../tests/support/testData.js';

let app: TestApp;
let catalogue: Catalogue;
const NOBODY = '00000000-0000-7000-8000-000000000000';

beforeAll(async () => {
  app = await startTestApp();
  catalogue = await createCatalogue(app.platform);
});
afterAll(() => app.close());

const call = mutationCalls(() => app);

const CAD_FILE = `... on CadFile { name artifact { byteSize mediaType } } ${ISSUES}`;
const upload = (content: string | Buffer, name = 'part.step', headers: Record<string, string> = {}) =>
  answerToUpload(app, ['uploadCadFile', 'UploadCadFileInput', CAD_FILE], {}, { content, name }, headers);

describe('uploadCadFile', () => {
  test('takes a real STEP file as multipart', async () => {
    const content = await readFile(STEP_FILE);
    const { data, errors } = await upload(content, '../../etc/bearing 6205.step');
    expect(errors).toBeUndefined();
    expect(data.result).toEqual({
      __typename: 'CadFile',
      name: 'bearing 6205.step',
      artifact: { byteSize: content.length, mediaType: 'model/step' },
    });
  });

  test.each([
    ['an empty file', '', 'FILE_EMPTY'],
    ['a file that is not STEP', 'solid ascii stl', 'FILE_NOT_STEP'],
  ])('%s is a ValidationError', async (_what, content, code) => {
    const before = await app.platform.db.cadFile.count();
    const { data } = await upload(content);
    expect(data.result).toMatchObject({ __typename: 'ValidationError', code });
    expect(await app.platform.db.cadFile.count()).toBe(before);
  });

  test('a file of any size goes by upload id', async () => {
    const response = await app.fetch('/api/uploads?name=big.step', {
      method: 'POST',
      body: await readFile(STEP_FILE),
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/octet-stream' },
    });
    expect(response.status).toBe(201);
    const { uploadId } = (await response.json()) as { uploadId: string };
    const selection = '... on CadFile { name }';
    expect(await call('uploadCadFile', 'UploadCadFileInput', selection, { uploadId })).toMatchObject({
      name: 'big.step',
    });
    expect(await call('uploadCadFile', 'UploadCadFileInput', selection, { uploadId, name: ' Named ' })).toMatchObject({
      name: 'Named',
    });
    const [text, signature] = uploadId.split('.');
    for (const forged of [
      '',
      'nonsense',
      `${text}.`,
      `${text}x.${signature}`,
      `${text}.${signature}x`,
      `${uploadId}.x`.slice(1),
    ])
      expect(await call('uploadCadFile', 'UploadCadFileInput', selection, { uploadId: forged }), forged).toMatchObject({
        __typename: forged ? 'NotFoundError' : 'ValidationError',
      });
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 25 * 3_600_000);
    const late = await call('uploadCadFile', 'UploadCadFileInput', selection, { uploadId });
    vi.restoreAllMocks();
    expect(late).toMatchObject({ __typename: 'NotFoundError' });
  });

  test('neither file nor upload id is a ValidationError', async () => {
    expect(await call('uploadCadFile', 'UploadCadFileInput', '', {})).toMatchObject({ __typename: 'ValidationError' });
  });

  test('JSON that poses as a file is refused', async () => {
    const { errors } = await app.gql(
      `mutation ($file: File) { uploadCadFile(input: { file: $file }) { __typename } }`,
      {
        file: { name: 'x.step', stream: 'ISO-10303-21;', arrayBuffer: {} },
      },
    );
    expect(errors?.[0]?.message).toContain('multipart');
  });
});

describe('createProduct', () => {
  const create = (input: object) =>
    call('createProduct', 'CreateProductInput', '... on Product { sku category { key } cadFile { name } }', input);

  test('adds a product once', async () => {
    const input = {
      sku: 'P205',
      name: 'Housing',
      cadFileId: id('CadFile', catalogue.cadFile.id),
      categoryKey: 'bearings',
    };
    expect(await create(input)).toEqual({
      __typename: 'Product',
      sku: 'P205',
      category: { key: 'bearings' },
      cadFile: { name: 'bearing-6205.step' },
    });
    expect(await create(input)).toMatchObject({ __typename: 'ConflictError', code: 'SKU_TAKEN' });
  });

  test('says what does not fit', async () => {
    const cadFileId = id('CadFile', catalogue.cadFile.id);
    expect(await create({ sku: '', name: '', cadFileId })).toMatchObject({
      __typename: 'ValidationError',
      issues: [{ path: '/sku' }, { path: '/name' }],
    });
    for (const wrong of [id('CadFile', NOBODY), id('Product', catalogue.product.id), 'nonsense'])
      expect(await create({ sku: 'X', name: 'X', cadFileId: wrong })).toMatchObject({ __typename: 'NotFoundError' });
    expect(await create({ sku: 'X', name: 'X', cadFileId, categoryKey: 'no' })).toMatchObject({
      __typename: 'NotFoundError',
    });
  });
});

describe('updateProduct', () => {
  const update = (input: object) =>
    call('updateProduct', 'UpdateProductInput', '... on Product { sku name category { key } cadFile { id } }', {
      productId,
      ...input,
    });
  let productId: string;
  beforeAll(async () => {
    const data = { sku: 'REVISED', name: 'Pump', cadFileId: catalogue.cadFile.id };
    productId = id('Product', (await app.platform.db.product.create({ data })).id);
  });

  test('changes what is given and leaves the rest', async () => {
    const before = await update({});
    expect(await update({ name: ' Revised ' })).toEqual({ ...before, name: 'Revised' });
    expect(await update({ categoryKey: 'bearings' })).toMatchObject({ name: 'Revised', category: { key: 'bearings' } });
    const { id: cadFileId } = await app.platform.db.cadFile.create({
      data: { name: 'revision-b.step', artifactId: catalogue.cadFile.artifactId },
    });
    expect(await update({ cadFileId: id('CadFile', cadFileId) })).toMatchObject({
      category: { key: 'bearings' },
      cadFile: { id: id('CadFile', cadFileId) },
    });
    expect(await update({ categoryKey: null, cadFileId: before.cadFile.id, name: before.name })).toEqual({
      ...before,
      category: null,
    });
  });

  test('says what does not fit, and changes nothing then', async () => {
    const before = await update({});
    expect(await update({ name: '  ', categoryKey: null })).toMatchObject({
      __typename: 'ValidationError',
      issues: [{ path: '/name' }],
    });
    for (const wrong of [
      { productId: id('Product', NOBODY) },
      { cadFileId: id('CadFile', NOBODY), name: 'Other' },
      { categoryKey: 'no', name: 'Other' },
    ])
      expect(await update(wrong)).toMatchObject({ __typename: 'NotFoundError' });
    expect(await update({})).toEqual(before);
  });
});

describe('createOrderLine', () => {
  const create = (input: object) =>
    call('createOrderLine', 'CreateOrderLineInput', '... on OrderLine { id lineNumber quantity order { id } }', {
      productId: id('Product', catalogue.product.id),
      outputTypeId: id('OutputType', catalogue.outputType.id),
      ...input,
    });

  test('starts an order or adds to one, once per idempotency key', async () => {
    const first = await create({ idempotencyKey: 'line-1' });
    expect(first).toMatchObject({ __typename: 'OrderLine', lineNumber: 1, quantity: 1 });
    expect(await create({ idempotencyKey: 'line-1' })).toEqual(first);
    expect(await create({ idempotencyKey: 'line-1', quantity: 2 })).toMatchObject({ __typename: 'ConflictError' });
    expect(await create({ orderId: first.order.id, quantity: 3 })).toMatchObject({ lineNumber: 2, quantity: 3 });
  });

  test.each([
    ['a quantity of nothing', { quantity: 0 }, '/quantity'],
    ['options that are no object', { options: [1] }, '/options'],
    ['a material override that is no name', { materialOverrides: { ring: 5 } }, '/materialOverrides/ring'],
    ['an unknown material', { materialOverrides: { 'a/b': 'gold' } }, '/materialOverrides/a~1b'],
    ['an option that nothing takes', { options: { colour: 'red' } }, '/options'],
    ['an empty idempotency key', { idempotencyKey: '' }, '/idempotencyKey'],
  ])('%s is a ValidationError at its place', async (_what, input, path) => {
    const result = await create(input);
    expect(result).toMatchObject({ __typename: 'ValidationError', issues: [{ path }] });
  });

  test('an order that there is not is a NotFoundError; what the line is about is told at its place', async () => {
    expect(await create({ orderId: id('Order', NOBODY) })).toMatchObject({
      __typename: 'NotFoundError',
      code: 'NOT_FOUND',
    });
    for (const [path, input] of [
      ['/productId', { productId: id('Product', NOBODY) }],
      ['/productId', { productId: id('Run', NOBODY) }],
      ['/outputTypeId', { outputTypeId: id('OutputType', NOBODY) }],
    ] as const)
      expect(await create(input)).toMatchObject({ __typename: 'ValidationError', issues: [{ path }] });
  });
});
