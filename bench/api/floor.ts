import { createServer, type Server } from 'node:http';
import type pg from 'pg';
import { contentHash } from '../../modules/hash.js';

/** The least that could answer: bare `node:http` that runs one statement and sends on the JSON Postgres made of it, unread.
 * No schema, no permissions, no parsing of what was asked.
 * @param asked - values for `$1` by turns; none: there is no `$1` */
export function floorServer(pool: pg.Pool, sql: string, asked: readonly string[]): Server {
  const name = contentHash(sql).slice(0, 60);
  let requests = 0;
  return createServer((request, response) => {
    request.resume();
    request.on('end', async () => {
      const values = asked.length > 0 ? [asked[requests++ % asked.length]] : [];
      const { rows } = await pool.query({ name, text: sql, values, rowMode: 'array' });
      const body = rows[0]![0] as string;
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
        .end(body);
    });
  });
}
