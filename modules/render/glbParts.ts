import { open } from 'node:fs/promises';
import { ModuleError } from '../errors.js';

const HEADER_BYTES = 20;
const JSON_LIMIT_BYTES = 256 * 1024 * 1024;

interface GltfNode {
  extras?: { partId?: unknown; partName?: unknown };
}

/** The parts a GLB shows: part id → part name, from the `extras` of its nodes. Reads only the JSON chunk, not the geometry.
 * @throws {ModuleError} `GLB_UNREADABLE`; `GLB_WITHOUT_PARTS` when no node names its part. */
export async function readGlbParts(file: string): Promise<Map<string, string>> {
  const nodes = (await readJsonChunk(file)).nodes ?? [];
  const parts = new Map<string, string>();
  for (const { extras } of nodes) {
    if (typeof extras?.partId === 'string') parts.set(extras.partId, String(extras.partName ?? extras.partId));
  }
  if (parts.size === 0)
    throw new ModuleError(
      'GLB_WITHOUT_PARTS',
      'The 3D model does not say which part is which, so it cannot be given materials.',
    );
  return parts;
}

async function readJsonChunk(file: string): Promise<{ nodes?: GltfNode[] }> {
  const unreadable = () => new ModuleError('GLB_UNREADABLE', 'The 3D model is not a valid GLB file.');
  const handle = await open(file, 'r');
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    const { bytesRead } = await handle.read(header, 0, HEADER_BYTES, 0);
    const length = header.readUInt32LE(12);
    if (bytesRead < HEADER_BYTES || header.toString('latin1', 0, 4) !== 'glTF' || length > JSON_LIMIT_BYTES)
      throw unreadable();
    const text = Buffer.alloc(length);
    await handle.read(text, 0, length, HEADER_BYTES);
    return JSON.parse(text.toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw unreadable();
    throw error;
  } finally {
    await handle.close();
  }
}
