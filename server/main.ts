import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DomainError } from '../modules/errors.js';
import { openPlatform } from '../runtime/platform.js';
import { readSettings, type Settings } from '../runtime/settings.js';
import { createApp } from './app.js';
import { readDoorSettings } from './doorSettings.js';

/** How long requests may take to end once the server was asked to stop. */
const GRACE_MS = 1_500;
/** Longest that a statement of a request may take; whoever asked may be gone since, and the database does not hear of it. */
const STATEMENT_LIMIT_MS = 20_000;
/** After this long it ends in any case. */
const STOP_DEADLINE_MS = 10_000;

/** @throws DomainError `PORT_BUSY` or `ADDRESS_UNUSABLE`, with what to do. */
function listen(server: Server, { host, port }: Settings): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new DomainError('PORT_BUSY', `Port ${port} on ${host} is taken by another program. Set PORT to a free one.`)
          : new DomainError(
              'ADDRESS_UNUSABLE',
              `The server cannot listen on ${host}:${port} (${error.code}). Check HOST and PORT.`,
            ),
      ),
    );
    server.listen(port, host, () => {
      const address = server.address() as AddressInfo;
      const name = host.includes(':') ? `[${host}]` : host;
      resolve(`http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : name}:${address.port}`);
    });
  });
}

async function main() {
  const settings = readSettings(process.env);
  const doors = readDoorSettings(process.env);
  const platform = await openPlatform(settings, { statementLimitMs: STATEMENT_LIMIT_MS });
  const app = await createApp(platform, { doors });
  const server = createServer(app.handle);
  server.on('upgrade', app.upgrade);
  // Big CAD files take their time on slow lines; what must be quick is the head of a request.
  server.requestTimeout = 0;
  // Longer than proxies and browsers keep idle connections: who closes first must not be us, or a request gets lost.
  server.keepAliveTimeout = 75_000;
  const url = await listen(server, settings).catch(async (error) => {
    await platform.close();
    throw error;
  });

  let isStopping = false;
  const stop = (reason: string) => {
    if (isStopping) return;
    isStopping = true;
    platform.log.info({ reason }, 'the server stops');
    const closed = new Promise((resolve) => server.close(resolve));
    app.stop();
    server.closeIdleConnections();
    const impatience = setTimeout(() => server.closeAllConnections(), GRACE_MS);
    // With the database gone the goodbye may never end.
    setTimeout(() => process.exit(1), STOP_DEADLINE_MS).unref();
    closed
      .then(() => app.close())
      .then(() => platform.close())
      .then(
        () => process.exit(0),
        (error) => {
          platform.log.error({ err: error }, 'the server did not stop cleanly');
          process.exit(1);
        },
      )
      .finally(() => clearTimeout(impatience));
  };
  process.once('SIGTERM', () => stop('SIGTERM'));
  process.once('SIGINT', () => stop('SIGINT'));
  // Started by another process: go when it goes.
  if (process.send) process.once('disconnect', () => stop('the starting process is gone'));

  platform.log.info({ url }, 'the server listens');
  process.send?.({ type: 'ready', url });
}

main().catch((error) => {
  // What people can do something about is one line; everything else is a bug and shows its stack.
  process.stderr.write(`${error instanceof DomainError ? error.message : (error.stack ?? error)}\n`);
  process.exit(1);
});
