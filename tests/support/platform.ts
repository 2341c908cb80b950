import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeLog } from '../../runtime/log.js';
import { openPlatform, type Platform, type PlatformOptions } from '../../runtime/platform.js';
import { createTestDatabase } from './database.js';

export interface TestPlatform {
  platform: Platform;
  /** Opens another platform on the same database and files, as another process would; `databaseUrl`: by another way. */
  another(options?: PlatformOptions & { databaseUrl?: string }): Promise<Platform>;
  /** Closes what was opened and removes database and files. */
  remove(): Promise<void>;
}

/** A platform on a real database and a real artifact directory of its own. */
export async function createTestPlatform(
  options: PlatformOptions & { redisUrl?: string | null } = {},
): Promise<TestPlatform> {
  const { redisUrl = null, ...rest } = options;
  const database = await createTestDatabase();
  const home = await mkdtemp(path.join(tmpdir(), 'hartomat-test-'));
  const settings = {
    port: 0,
    host: '127.0.0.1',
    home,
    databaseUrl: database.url,
    redisUrl,
    artifactDir: path.join(home, 'artifacts'),
    blenderPath: null,
    adminToken: null,
    modulePackages: [],
  };
  const log = makeLog(process.env.TEST_LOG ?? 'silent');
  const opened: Platform[] = [];
  const another = async ({ databaseUrl = database.url, ...more }: PlatformOptions & { databaseUrl?: string } = {}) => {
    const platform = await openPlatform(
      { ...settings, databaseUrl },
      {
        log,
        queuePrefix: path.basename(home),
        maxConnections: 4,
        ...rest,
        ...more,
      },
    );
    opened.push(platform);
    return platform;
  };
  return {
    platform: await another(),
    another,
    async remove() {
      for (const platform of opened) await platform.close();
      await database.drop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
