import { createServer, type Server } from 'node:http';
import type pg from 'pg';
import { contentHash } from '../../modules/hash.js';

/** The least that could answer: bare `node:http` that runs one statement and sends on the JSON Postgres made of it, unread.
 * No schema, no permissions, no parsing of what was asked. */
export function floorServer(pool: pg.Pool, sql: string): Server {
  return createServer((request, response) => {
    request.resume();
    request.on('end', async () => {
      const { rows } = await pool.query({ name: contentHash(sql).slice(0, 60), text: sql, rowMode: 'array' });
      const body = rows[0]![0] as string;
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
        .end(body);
    });
  });
}
