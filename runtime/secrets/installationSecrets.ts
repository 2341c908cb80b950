import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Prisma, PrismaClient } from '../../generated/prisma/client.js';
import { SecretBox, wrongKey } from './secretBox.js';

/** Row of `secret` that says which key seals. */
const SEALED_BY = 'sealed-by';

export interface SecretSettings {
  home: string;
  /** From the environment, the newest first; empty: the data directory has the key. */
  secretKeys?: readonly string[];
}

export const purposeOf = {
  webhook: (webhookId: string) => `webhook ${webhookId}`,
  key: (name: string) => `key ${name}`,
};

/** What the installation keeps secret, sealed with a key that lies outside of the database. */
export class InstallationSecrets {
  private opening: Promise<SecretBox> | null = null;

  constructor(
    private readonly db: PrismaClient,
    private readonly settings: SecretSettings,
  ) {}

  /** The box that seals and opens. Asked for the first time, it makes a key where there is none, and seals with the newest key what
   * is not yet.
   * @throws DomainError `SECRET_KEY_WRONG` when this machine has another key than the installation. */
  box(): Promise<SecretBox> {
    this.opening ??= this.prepare().catch((error) => {
      this.opening = null;
      throw error;
    });
    return this.opening;
  }

  /** A key that the installation made for itself on first use; the same for all its servers. */
  async key(name: string): Promise<string> {
    const box = await this.box();
    const find = () => this.db.secret.findUnique({ where: { name } });
    const value = box.seal(randomBytes(32).toString('base64url'), purposeOf.key(name));
    // Two servers may start at once: the first row stays.
    if (!(await find())) await this.db.secret.createMany({ data: [{ name, value }], skipDuplicates: true });
    return box.open((await find())!.value, purposeOf.key(name));
  }

  private async prepare(): Promise<SecretBox> {
    const { home, secretKeys = [] } = this.settings;
    const [first = await keyIn(home), ...others] = secretKeys;
    const box = new SecretBox([first, ...others]);
    await this.db.$transaction(async (tx) => {
      await tx.secret.createMany({ data: [{ name: SEALED_BY, value: box.keyId }], skipDuplicates: true });
      await tx.$queryRaw`SELECT FROM secret WHERE name = ${SEALED_BY} FOR UPDATE`;
      const { value } = await tx.secret.findUniqueOrThrow({ where: { name: SEALED_BY } });
      if (!box.hasKey(value)) throw wrongKey();
      await sealAnew(tx, box);
      await tx.secret.update({ where: { name: SEALED_BY }, data: { value: box.keyId } });
    });
    return box;
  }
}

/** Seals with the newest key what lies open, or was sealed with an older one. */
async function sealAnew(tx: Prisma.TransactionClient, box: SecretBox): Promise<void> {
  const isOther = { not: { startsWith: box.mark } };
  for (const { name, value } of await tx.secret.findMany({ where: { NOT: { name: SEALED_BY }, value: isOther } }))
    await tx.secret.update({
      where: { name },
      data: { value: box.seal(box.open(value, purposeOf.key(name)), purposeOf.key(name)) },
    });
  for (const { id, webhookId, secret } of await tx.webhookSecret.findMany({ where: { secret: isOther } })) {
    const purpose = purposeOf.webhook(webhookId);
    await tx.webhookSecret.update({ where: { id }, data: { secret: box.seal(box.open(secret, purpose), purpose) } });
  }
}

/** The key in the data directory; made there when it has none. */
async function keyIn(home: string): Promise<string> {
  const file = path.join(home, 'secret.key');
  const read = () => readFile(file, 'utf8').then((text) => text.trim());
  const known = await read().catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return null;
  });
  if (known) return known;
  await mkdir(home, { recursive: true });
  // Whole or not at all, and never over one that another process has just made.
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 });
  try {
    await link(draft, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(draft);
  }
  return read();
}
