import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import sharp from 'sharp';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeGlobalId as id } from '../schema/globalId.js';
import { whileDecodersDie } from '../tests/support/children.js';
import { ADMIN_TOKEN, startTestApp, type TestApp } from '../tests/support/testApp.js';
import { ARTIFACT, rememberedUrls, signedUrl, THUMBNAIL } from './signedUrls.js';
import { createSignInUrl } from './signIn.js';

const AUTHORIZED = { authorization: `Bearer ${ADMIN_TOKEN}` };
const HOUR_MS = 3_600_000;
let app: TestApp;
let clientDir: string;
beforeAll(async () => {
  clientDir = await mkdtemp(path.join(tmpdir(), 'hartomat-client-'));
  app = await startTestApp({ maxUploadBytes: 1_000_000, clientDir });
});
afterAll(async () => {
  await app.close();
  await rm(clientDir, { recursive: true });
});

async function createArtifact(content: string | Buffer, fileName: string, mediaType = 'model/gltf-binary') {
  const stored = await app.platform.store.put(Readable.from([Buffer.from(content)]));
  return app.platform.db.artifact.create({
    data: { id: uuidv7(), role: 'glb_model', mediaType, fileName, metadata: {}, ...stored },
  });
}

async function urlOf(artifactId: string): Promise<string> {
  const { data } = await app.gql('query ($id: ID!) { node(id: $id) { ... on Artifact { url } } }', {
    id: id('Artifact', artifactId),
  });
  return data.node.url;
}

describe('assets', () => {
  test('are served by signed address, with what browsers need to be told', async () => {
    const artifact = await createArtifact('0123456789', 'Räder "6205".glb');
    const response = await app.fetch(await urlOf(artifact.id));
    expect(await response.text()).toBe('0123456789');
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'model/gltf-binary',
      'content-length': '10',
      'content-disposition': `inline; filename="R_der _6205_.glb"; filename*=UTF-8''R%C3%A4der%20%226205%22.glb`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'private, max-age=31536000, immutable',
      'accept-ranges': 'bytes',
      etag: `"${artifact.sha256}"`,
    });
  });

  test('can be read in ranges and are not sent again to who has them', async () => {
    const artifact = await createArtifact('0123456789', 'a.glb');
    const url = await urlOf(artifact.id);
    const read = async (headers: Record<string, string>) => {
      const response = await app.fetch(url, { headers });
      return [response.status, await response.text(), response.headers.get('content-range')];
    };
    expect(await read({ range: 'bytes=2-4' })).toEqual([206, '234', 'bytes 2-4/10']);
    expect(await read({ range: 'bytes=-3' })).toEqual([206, '789', 'bytes 7-9/10']);
    expect(await read({ range: 'bytes=8-' })).toEqual([206, '89', 'bytes 8-9/10']);
    expect(await read({ range: 'bytes=8-90' })).toEqual([206, '89', 'bytes 8-9/10']);
    // The last bytes of a file that has fewer, and several ranges: everything.
    for (const range of [
      'bytes=-10',
      'bytes=-4000',
      'bytes=0-1,4-5',
      `bytes=${'0-,'.repeat(999)}0-`,
      'bytes=x-3',
      'lines=1-2',
    ])
      expect(await read({ range }), range).toEqual([200, '0123456789', null]);
    for (const range of ['bytes=20-', 'bytes=-0', 'bytes=4-2', `bytes=${'9'.repeat(40)}-`])
      expect((await read({ range }))[0], range).toBe(416);
    expect((await read({ range: 'bytes=2-4', 'if-match': '"other"' }))[0]).toBe(412);
    expect((await read({ range: 'bytes=2-4', 'if-match': `"other", "${artifact.sha256}"` }))[0]).toBe(206);
    expect(await read({ range: 'bytes=2-4', 'if-range': '"other"' })).toEqual([200, '0123456789', null]);
    expect((await read({ 'if-none-match': `"${artifact.sha256}"`, 'cache-control': 'max-age=0' }))[0]).toBe(304);
  });

  test('can be asked about without being sent, and say so when their content is gone', async () => {
    const artifact = await createArtifact('will be gone', 'a.glb');
    const url = await urlOf(artifact.id);
    const asked = await app.fetch(url, { method: 'HEAD', headers: { range: 'bytes=2-4' } });
    expect([asked.status, asked.headers.get('content-length'), await asked.text()]).toEqual([200, '12', '']);
    await rm(await app.platform.store.localFile(artifact.sha256, clientDir));
    const gone = await app.fetch(url);
    expect([gone.status, await gone.text()]).toEqual([404, 'This file is not here.']);
    expect(gone.headers.get('cache-control')).toBe('no-store');
  });

  test('no address but the signed one opens anything, and that one only for a while', async () => {
    const artifact = await createArtifact('secret', 'a.glb');
    const other = await createArtifact('another', 'b.glb');
    const url = new URL(await urlOf(artifact.id), app.url);
    const key = await app.platform.secrets.key('server-signing');
    const changed = (change: (url: URL) => void) => {
      const copy = new URL(url);
      change(copy);
      return copy.href;
    };
    const closed = [
      changed((u) => u.searchParams.delete('sig')),
      changed((u) => u.searchParams.delete('exp')),
      changed((u) => u.searchParams.set('sig', 'A'.repeat(43))),
      changed((u) => u.searchParams.set('exp', String(Date.now() + 100 * HOUR_MS))),
      changed((u) => u.searchParams.append('sig', 'x')),
      changed((u) => {
        u.pathname = `/assets/${other.id}/b.glb`;
      }),
      new URL(signedUrl(ARTIFACT, key, artifact, Date.now() - 3 * HOUR_MS), app.url).href,
      new URL(signedUrl(ARTIFACT, 'another key', artifact), app.url).href,
    ];
    for (const address of closed) expect((await app.fetch(address)).status, address).toBe(403);
    expect((await app.fetch(signedUrl(ARTIFACT, key, { id: uuidv7(), fileName: 'gone' }))).status).toBe(404);
    expect((await app.fetch(url.href)).status).toBe(200);
  });

  test('an address holds for at least an hour and stays the same within one', () => {
    const artifact = { id: uuidv7(), fileName: 'a.glb' };
    const urlOf = rememberedUrls(ARTIFACT, 'key');
    const at = (time: number) => new URL(urlOf(artifact, time), 'http://x').searchParams;
    const hour = 500_000 * HOUR_MS;
    expect(at(hour).get('sig')).toBe(at(hour + HOUR_MS - 1).get('sig'));
    expect(at(hour).get('sig')).not.toBe(at(hour + HOUR_MS).get('sig'));
    expect(urlOf(artifact, hour)).toBe(signedUrl(ARTIFACT, 'key', artifact, hour));
    for (const time of [hour, hour + HOUR_MS - 1]) expect(Number(at(time).get('exp')) - time).toBeGreaterThan(HOUR_MS);
  });

  test('what could hold script is saved and never shown', async () => {
    for (const mediaType of ['text/html', 'image/svg+xml', 'nonsense', 'text/html; charset="x\r\ny']) {
      const artifact = await createArtifact('<script>alert(1)</script>', 'a.html', mediaType);
      const response = await app.fetch(await urlOf(artifact.id));
      expect(response.headers.get('content-disposition')).toMatch(/^attachment/);
      expect(response.headers.get('content-security-policy')).toContain('sandbox');
    }
  });
});

describe('thumbnails', () => {
  const thumbnailOf = async (artifactId: string): Promise<string | null> => {
    const { data } = await app.gql('query ($id: ID!) { node(id: $id) { ... on Artifact { thumbnailUrl } } }', {
      id: id('Artifact', artifactId),
    });
    return data.node.thumbnailUrl;
  };
  const picture = () =>
    sharp({ create: { width: 1000, height: 500, channels: 4, background: '#c08a3e80' } })
      .png()
      .toBuffer();

  test('are small pictures of pictures, and are not sent again to who has them', async () => {
    const artifact = await createArtifact(await picture(), 'still.png', 'image/png');
    const url = (await thumbnailOf(artifact.id))!;
    const response = await app.fetch(url);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/webp',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'private, max-age=31536000, immutable',
    });
    const made = await sharp(await response.arrayBuffer()).metadata();
    expect(made).toMatchObject({ format: 'webp', width: 192, height: 96, hasAlpha: true });
    const etag = response.headers.get('etag')!;
    const again = await app.fetch(url, { headers: { 'if-none-match': etag, 'cache-control': 'max-age=0' } });
    expect(again.status).toBe(304);
  });

  test('have addresses of their own: those of the files open none, nor the other way round', async () => {
    const artifact = await createArtifact(await picture(), 'still.png', 'image/png');
    const [file, thumbnail] = [await urlOf(artifact.id), (await thumbnailOf(artifact.id))!].map(
      (address) => new URL(address, app.url),
    );
    for (const [of, by] of [
      [file!, thumbnail!],
      [thumbnail!, file!],
    ] as const)
      expect((await app.fetch(of.pathname + by.search)).status).toBe(403);
  });

  test('are there of pictures only, and say why there is none', async () => {
    const model = await createArtifact('glTF', 'a.glb');
    const damaged = await createArtifact((await picture()).subarray(0, 60), 'a.png', 'image/png');
    const gone = await createArtifact(Buffer.concat([await picture(), Buffer.from(uuidv7())]), 'b.png', 'image/png');
    await rm(await app.platform.store.localFile(gone.sha256, clientDir));
    const answer = async (address: string) => {
      const response = await app.fetch(address);
      return [response.status, await response.text()];
    };
    expect(await thumbnailOf(model.id)).toBeNull();
    const key = await app.platform.secrets.key('server-signing');
    expect(await answer(signedUrl(THUMBNAIL, key, model))).toEqual([404, 'This file is not here.']);
    expect(await answer((await thumbnailOf(gone.id))!)).toEqual([404, 'This file is not here.']);
    expect(await answer((await thumbnailOf(damaged.id))!)).toEqual([
      422,
      expect.stringMatching(/^No small picture can be made of this file: /),
    ]);
  });

  test('of a picture that takes its decoder down take nothing else down', async () => {
    const artifact = await createArtifact(
      Buffer.concat([await picture(), Buffer.from('hostile')]),
      'a.png',
      'image/png',
    );
    const url = (await thumbnailOf(artifact.id))!;
    const refused = await whileDecodersDie(() => app.fetch(url));
    expect([refused.status, await refused.text()]).toEqual([503, 'The picture converter ended unexpectedly.']);
    expect((await app.fetch(url)).status).toBe(200);
  });
});

describe('uploads', () => {
  const incoming = () => readdir(path.join(app.platform.settings.artifactDir, 'incoming')).catch(() => []);
  const send = (body: BodyInit, headers: Record<string, string> = {}) =>
    app.fetch('/api/uploads', {
      method: 'POST',
      body,
      headers: { ...AUTHORIZED, ...headers },
      duplex: 'half',
    } as RequestInit);

  test('are refused above the limit, announced or not, and leave nothing behind', async () => {
    expect(await app.announce('/api/uploads', { ...AUTHORIZED, 'content-length': 1_000_001 })).toBe(413);
    const endless = Readable.toWeb(
      Readable.from(
        (function* () {
          for (let i = 0; i < 40; i++) yield Buffer.alloc(50_000);
        })(),
      ),
    );
    const answer = await send(endless as unknown as BodyInit).then(
      (response) => response.status,
      // The server hangs up on who goes on sending; a client may see that first.
      () => 413,
    );
    expect(answer).toBe(413);
    await expect.poll(incoming).toEqual([]);
    expect((await send('fits')).status).toBe(201);
  });

  test('that are broken off leave nothing behind', async () => {
    await new Promise<void>((resolve) => {
      const upload = request(`${app.url}/api/uploads`, {
        method: 'POST',
        headers: { ...AUTHORIZED, 'content-length': '500000' },
      });
      upload.on('error', () => resolve());
      upload.write(Buffer.alloc(100_000), () => setTimeout(() => upload.destroy(new Error('gone')), 100));
    });
    await expect.poll(incoming).toEqual([]);
    expect((await app.fetch('/health/live')).status).toBe(200);
  });
});

describe('health', () => {
  test('the server is ready when it has its database, its migrations and a worker', async () => {
    expect(await (await app.fetch('/health/live')).json()).toEqual({ status: 'live' });
    const alone = await app.fetch('/health/ready');
    expect(alone.status).toBe(503);
    expect(await alone.json()).toMatchObject({ status: 'not ready', checks: { database: 'ok', migrations: 'ok' } });
    await app.platform.db.worker.create({ data: { id: uuidv7(), host: 'here', pid: 1, capabilities: ['cpu'] } });
    const together = await app.fetch('/health/ready');
    expect(await together.json()).toEqual({
      status: 'ready',
      checks: { database: 'ok', migrations: 'ok', worker: 'ok', queue: 'ok', artifacts: 'ok' },
    });
    expect(together.status).toBe(200);
    await app.platform.db.worker.updateMany({ data: { heartbeatAt: new Date(Date.now() - 60_000) } });
    expect((await app.fetch('/health/ready')).status).toBe(503);
    const { data } = await app.gql('{ workers { host isAlive } }');
    expect(data.workers).toEqual([{ host: 'here', isAlive: false }]);
  });

  test('who works for long stays listed whatever came and went since, and who went a day ago is not', async () => {
    const { db } = app.platform;
    const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
    const gone = (host: string, hours: number) => ({
      id: uuidv7(),
      host,
      pid: 1,
      capabilities: ['cpu'],
      startedAt: hoursAgo(hours),
      heartbeatAt: hoursAgo(hours),
      stoppedAt: hoursAgo(hours),
    });
    await db.worker.updateMany({ data: { startedAt: hoursAgo(50), heartbeatAt: new Date() } });
    await db.worker.createMany({
      data: [...Array.from({ length: 120 }, () => gone('gone', 1)), gone('forgotten', 25)],
    });
    const { data } = await app.gql('{ workers { host isAlive } }');
    expect(data.workers).toHaveLength(100);
    expect(data.workers.at(-1)).toEqual({ host: 'here', isAlive: true });
    expect(data.workers.map(({ host }: { host: string }) => host)).not.toContain('forgotten');
  });
});

describe('pages', () => {
  const html = { accept: 'text/html' };

  test('before the console is built, its page says what to do', async () => {
    const response = await app.fetch('/', { headers: html });
    expect(response.status).toBe(503);
    expect(await response.text()).toContain('npm start');
  });

  test('every address of the console gives its page, under a policy without eval or foreign hosts', async () => {
    await mkdir(path.join(clientDir, 'static'));
    await writeFile(path.join(clientDir, 'index.html'), '<title>Console</title>');
    await writeFile(path.join(clientDir, 'static/index-abc123.js'), 'export {};');
    for (const address of ['/', '/runs/UnVuOjE', '/workflows']) {
      const response = await app.fetch(address, { headers: html });
      expect(await response.text()).toBe('<title>Console</title>');
      expect(response.headers.get('cache-control')).toBe('no-cache');
      const policy = response.headers.get('content-security-policy')!;
      expect(policy).not.toMatch(/unsafe-eval|https?:|script-src[^;]*unsafe/);
      expect(policy).toContain("frame-ancestors 'none'");
    }
    const script = await app.fetch('/static/index-abc123.js');
    expect(script.headers.get('cache-control')).toContain('immutable');
  });

  test('what is not there is 404 and not the page of the console', async () => {
    for (const address of ['/assets/gone.js', '/api/gone', '/graphql/gone', '/health/gone', '/gone.png'])
      expect((await app.fetch(address, { headers: { ...html, ...AUTHORIZED } })).status, address).toBe(404);
    expect((await app.fetch('/runs', { headers: { accept: 'application/json' } })).status).toBe(404);
    for (const address of ['/..%2f..%2fetc/passwd', '/assets/..%2f..%2f..%2fetc/passwd'])
      expect(await (await app.fetch(address, { headers: html })).text()).not.toContain('root:');
  });

  test('GraphiQL is for those who are signed in, and brings everything along', async () => {
    expect((await app.fetch('/graphql', { headers: html })).status).toBe(401);
    const signedIn = await app.fetch(await createSignInUrl(app.platform.db, app.url));
    const cookie = signedIn.headers.get('set-cookie')!.split(';')[0]!;
    const response = await app.fetch('/graphql', { headers: { ...html, cookie } });
    expect(response.status).toBe(200);
    const nonce = /'nonce-([^']+)'/.exec(response.headers.get('content-security-policy')!)![1]!;
    const page = await response.text();
    expect(page).toContain(`<script nonce="${nonce}">`);
    expect(page).not.toMatch(/<(script|link)[^>]+(src|href)="https?:/);
  });
});
