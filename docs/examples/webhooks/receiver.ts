import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { isGenuine } from './verify.js';

// WEBHOOK_SECRET=whsec_… PORT=8080 npx tsx docs/examples/webhooks/receiver.ts
const secret = process.env.WEBHOOK_SECRET ?? '';
/** A shop keeps these in its database, for as long as events may come again: two weeks. */
const seen = new Set<string>();

const server = createServer(async (request, response) => {
  const body = await text(request);
  if (!isGenuine(secret, request.headers, body)) return response.writeHead(401).end();
  const { id, type, data } = JSON.parse(body);
  // Answer first and work later: who takes longer than ten seconds gets the event again.
  response.writeHead(204).end();
  if (seen.has(id)) return console.log(`${type} again, left alone`);
  seen.add(id);
  if (type === 'asset.published') console.log(`${data.asset.name} is there for order ${data.order?.reference}`);
  else console.log(`${type} ${data.run?.id ?? ''}`.trim());
});
server.listen(Number(process.env.PORT ?? 8080), () =>
  console.log(`listening on ${(server.address() as AddressInfo).port}`),
);
