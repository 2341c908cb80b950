import { mkdir, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { partnerClient } from './client.js';
import { catalogue, deliveries, placeOrder, produce, whoAmI } from './order.js';

// HARTOMAT_TOKEN=… npx tsx docs/examples/partner/main.ts http://127.0.0.1:4000 --sku 6205-2RS --output-type still_1k_white --reference PO-4711
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sku: { type: 'string' },
    'output-type': { type: 'string' },
    reference: { type: 'string' },
    into: { type: 'string', default: 'delivered' },
    every: { type: 'string', default: '5000' },
  },
});
const client = partnerClient(positionals[0] ?? 'http://127.0.0.1:4000', process.env.HARTOMAT_TOKEN ?? '');

const { name, scopes } = await whoAmI(client);
console.log(`Signed in as ${name}, who may ${scopes.join(', ')}.`);

const { products, outputTypes } = await catalogue(client);
const product = products.find(({ sku }) => sku === values.sku);
const outputType = outputTypes.find(({ key }) => key === values['output-type']);
if (!product || !outputType || !values.reference) {
  console.error(`Say which: --sku ${products.map(({ sku }) => sku).join(' | ')}`);
  console.error(`           --output-type ${outputTypes.map(({ key }) => key).join(' | ')}`);
  console.error('           --reference <your number of the order>');
  process.exit(2);
}

const { reference } = values;
const order = await placeOrder(client, reference, [{ productId: product.id, outputTypeId: outputType.id }]);
const price = order.total.map(({ amount, currency }) => `${amount} ${currency}`).join(' + ') || 'no price';
console.log(`Order ${order.number}: ${order.lines.length} line, ${price}.`);

const { started } = await produce(client, { id: order.id, reference });
console.log(`${started} started.`);

const { state, files } = await deliveries(client, order.id, Number(values.every));
await mkdir(values.into, { recursive: true });
for (const { name: file, content } of files) await writeFile(`${values.into}/${file}`, content);
console.log(`${state}: ${files.map(({ name: file }) => file).join(', ') || 'nothing'} in ${values.into}.`);
