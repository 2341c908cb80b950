import { connect, createServer, type Socket } from 'node:net';

export interface LossyConnection {
  /** The database by way of this connection. */
  url: string;
  /** Loses the next answer that contains `text`: the database has done its work, and the client hears a broken connection. */
  loseAnswer(text: string): Promise<void>;
  close(): Promise<void>;
}

/** A way to the database on which an answer can be lost. */
export async function lossyConnection(databaseUrl: string): Promise<LossyConnection> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let doomed: { text: string; lost: () => void } | null = null;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
    client.on('data', (data) => upstream.write(data));
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    // An answer may come in pieces, cut anywhere.
    let before = '';
    upstream.on('data', (data) => {
      const heard = before + data.toString('latin1');
      before = heard.slice(-200);
      if (!doomed || !heard.includes(doomed.text)) return client.write(data);
      const { lost } = doomed;
      doomed = null;
      client.destroy();
      lost();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (!address || typeof address === 'string') throw new Error('The connection has no address.');
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(address.port);
  return {
    url: url.href,
    loseAnswer: (text) =>
      new Promise<void>((lost) => {
        doomed = { text, lost };
      }),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
