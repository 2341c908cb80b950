import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { DomainError } from '../../modules/errors.js';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const MARK = 'sealed1';

interface Key {
  /** Tells keys apart and gives nothing away of them. */
  id: string;
  key: Buffer;
}

function derived(text: string): Key {
  const bytes = (info: string, length: number) => Buffer.from(hkdfSync('sha256', text, '', `hartomat ${info}`, length));
  return { id: bytes('key id', 4).toString('hex'), key: bytes('secrets', 32) };
}

/** Encrypts what the database must keep but need not know: `sealed1.<key id>.<base64url of nonce, tag and text>`. */
export class SecretBox {
  private readonly keys: readonly [Key, ...Key[]];

  /** @param keys - the first one seals; all of them open. */
  constructor(keys: readonly [string, ...string[]]) {
    this.keys = keys.map(derived) as [Key, ...Key[]];
  }

  /** Of the key that seals. */
  get keyId(): string {
    return this.keys[0].id;
  }

  /** What everything that this box seals begins with. */
  get mark(): string {
    return `${MARK}.${this.keyId}.`;
  }

  hasKey(id: string): boolean {
    return this.keys.some((key) => key.id === id);
  }

  /** @param purpose - what the text is for; what is sealed for one thing does not open for another. */
  seal(text: string, purpose: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, this.keys[0].key, iv).setAAD(Buffer.from(purpose));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return `${this.mark}${Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')}`;
  }

  /** Text that is not sealed yet is given back as it is.
   * @throws DomainError `SECRET_KEY_WRONG` when another key sealed it; Error when it was changed or is for another purpose. */
  open(sealed: string, purpose: string): string {
    const [mark, id, content] = sealed.split('.');
    if (mark !== MARK) return sealed;
    const known = this.keys.find((key) => key.id === id);
    if (!known) throw wrongKey();
    const bytes = Buffer.from(content!, 'base64url');
    const decipher = createDecipheriv(CIPHER, known.key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(purpose))
      .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
  }
}

export const wrongKey = () =>
  new DomainError(
    'SECRET_KEY_WRONG',
    'The secrets in this database were encrypted with another key. Set HARTOMAT_SECRET_KEY to the content of the file "secret.key" in the data directory of the machine that HartOMat was set up on, or copy that file into this one’s (docs/setup.md).',
  );
