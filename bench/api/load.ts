import { connect } from 'node:net';

// Run as a process of its own: `node load.ts '<JSON of Load>'`; prints `{ requests, seconds, bytes }`.
// Written on bare sockets, so that what is measured is the server and not the client.

export interface Load {
  port: number;
  path: string;
  /** Of each connection. */
  bodies: readonly string[];
  seconds: number;
  headers: Record<string, string>;
}

export interface LoadResult {
  requests: number;
  seconds: number;
  /** Of one answer's body. */
  bytes: number;
}

const HEAD_END = Buffer.from('\r\n\r\n');

/** One connection, one request at a time, until `until`.
 * @throws Error when an answer is not 200 or has no length. */
function closedLoop(request: Buffer, port: number, until: number): Promise<{ requests: number; bytes: number }> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    socket.setNoDelay(true);
    let requests = 0;
    let bytes = 0;
    let head = Buffer.alloc(0);
    /** Bytes of the body still to come; null: the head is not complete. */
    let missing: number | null = null;
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      let rest: Buffer = chunk;
      if (missing === null) {
        head = Buffer.concat([head, chunk]);
        const end = head.indexOf(HEAD_END);
        if (end < 0) return;
        const text = head.subarray(0, end).toString('latin1');
        const length = /\r\ncontent-length: *(\d+)/i.exec(text);
        if (!text.startsWith('HTTP/1.1 200') || !length) return void socket.destroy(new Error(text.slice(0, 300)));
        bytes = Number(length[1]);
        missing = bytes;
        rest = head.subarray(end + 4);
        head = Buffer.alloc(0);
      }
      missing -= rest.length;
      if (missing > 0) return;
      requests++;
      missing = null;
      if (performance.now() < until) socket.write(request);
      else {
        socket.end();
        resolve({ requests, bytes });
      }
    });
  });
}

const load = JSON.parse(process.argv[2]!) as Load;
const requestWith = (body: string) => {
  const head = Object.entries({
    host: `127.0.0.1:${load.port}`,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...load.headers,
  }).map(([name, value]) => `${name}: ${value}`);
  return Buffer.from([`POST ${load.path} HTTP/1.1`, ...head, '', body].join('\r\n'));
};
const begun = performance.now();
const ends = await Promise.all(
  load.bodies.map((body) => closedLoop(requestWith(body), load.port, begun + load.seconds * 1000)),
);
const result: LoadResult = {
  requests: ends.reduce((sum, { requests }) => sum + requests, 0),
  seconds: (performance.now() - begun) / 1000,
  bytes: ends[0]!.bytes,
};
process.stdout.write(JSON.stringify(result));
