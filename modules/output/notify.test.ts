import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createTestContext } from '../../tests/support/moduleContext.js';
import { notify } from './notify.js';

let test: Awaited<ReturnType<typeof createTestContext>>;
beforeEach(async () => {
  test = await createTestContext();
});
afterEach(() => {
  vi.unstubAllEnvs();
  return test.cleanup();
});

const params = (values: object = {}) => notify.spec.params.parse(values);
const product = { sku: 'HM-6205', name: 'Bearing 6205', category: null, materialAssignments: {} };
const outputType = { id: 'o', key: 'still_1k', name: 'Still 1K', artifactKind: 'still_image' };
const orderLine = { id: 'l', orderNumber: '1001', lineNumber: 2, materialOverrides: {} };
const asset = () =>
  test.ctx.artifacts.write({
    role: 'published_asset',
    mediaType: 'image/png',
    fileName: 'a.png',
    from: { text: 'picture' },
  });

it('leaves the inbox a message that says what is ready', async () => {
  const inputs = { asset: await asset(), product, outputType, orderLine };
  const { receipt } = await notify.spec.run(test.ctx, inputs, params({ note: ' Please check. ' }));
  expect(receipt).toEqual({
    channel: 'inbox',
    target: 'inbox',
    status: 'accepted',
    title: 'Bearing 6205: Still 1K is ready',
    body: 'a.png (1 kB)\nOrder 1001, line 2\nSKU HM-6205\nPlease check.',
    responseCode: null,
  });
});

it('has something to say without any input', async () => {
  const { receipt } = await notify.spec.run(test.ctx, {}, params());
  expect(receipt).toMatchObject({ title: 'A run is ready', body: '' });
});

it.each([
  [{ channel: 'webhook' }, 'url', 'A webhook needs an address'],
  [{ channel: 'webhook', url: 'ftp://shop.example' }, 'url', 'It must be an http or https address'],
  [{ channel: 'webhook', url: 'https://me:secret@shop.example' }, 'url', 'without a user name'],
  [{ channel: 'email' }, 'recipients', 'An e-mail needs a recipient'],
])('is refused where it is set up as %j', (given, field, message) => {
  const { error } = notify.params.safeParse(given);
  expect(error?.issues).toMatchObject([{ path: [field], message: expect.stringContaining(message) }]);
});

it('does not reach into the private network unless the operator allows the host', async () => {
  const values = params({ channel: 'webhook', url: 'http://127.0.0.1:1/' });
  await expect(notify.spec.run(test.ctx, {}, values)).rejects.toMatchObject({ code: 'WEBHOOK_TARGET_FORBIDDEN' });
  vi.stubEnv('HARTOMAT_WEBHOOK_ALLOW_HOSTS', '127.0.0.1');
  await expect(notify.spec.run(test.ctx, {}, values)).rejects.toMatchObject({
    code: 'WEBHOOK_UNREACHABLE',
    details: { delivery: { channel: 'webhook', target: '127.0.0.1:1', responseCode: null } },
  });
});
