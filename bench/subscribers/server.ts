import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { makeLog } from '../../runtime/log.js';
import { openPlatform } from '../../runtime/platform.js';
import { createApp } from '../../server/app.js';

// A process of its own: `fork('server.ts', ['hartomat' | 'floor', databaseUrl, home, token])`; tells its port.
const [kind, databaseUrl, home, token] = process.argv.slice(2) as [string, string, string, string];

async function hartomat(): Promise<Server> {
  const settings = {
    port: 0,
    host: '127.0.0.1',
    home,
    databaseUrl,
    redisUrl: null,
    artifactDir: `${home}/artifacts`,
    blenderPath: null,
    adminToken: token,
    modulePackages: [],
  };
  const platform = await openPlatform(settings, { log: makeLog('warn') });
  const app = await createApp(platform);
  const server = createServer(app.handle);
  server.on('upgrade', app.upgrade);
  return server;
}

/** The least that could be done: what the database says is written on to everybody, unread. One notification is one event, nothing
 * is looked up, and who was away has missed it. */
async function floor(): Promise<Server> {
  const open = new Set<ServerResponse>();
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('LISTEN bench');
  client.on('notification', ({ payload }) => {
    const text = `event: next\ndata: ${payload}\n\n`;
    for (const response of open) response.write(text);
  });
  return createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    open.add(response);
    response.once('close', () => open.delete(response));
  });
}

const server = await (kind === 'floor' ? floor() : hartomat());
server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
process.once('disconnect', () => process.exit(0));
