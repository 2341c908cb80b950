import path from 'node:path';
import { publishedPictures } from '../pictures/pictures.js';
import { DERIVATIVE_TYPES, type Derivative } from './derivatives.js';
import { ENDINGS } from './mediaTypes.js';

export interface MadeDerivative {
  path: string;
  fileName: string;
  mediaType: string;
  widthPx: number;
  heightPx: number;
}

/** Makes one derivative in `folder`; the same original gives the same bytes on one installation.
 * @throws {ModuleError} what `publishedPictures` throw; the signal's reason when it aborts. */
export async function makeDerivative(
  original: { path: string; fileName: string },
  derivative: Derivative,
  folder: string,
  signal: AbortSignal,
): Promise<MadeDerivative> {
  const mediaType = DERIVATIVE_TYPES[derivative.format];
  const fileName = `${path.parse(original.fileName).name}_${derivative.name}${ENDINGS[mediaType]}`;
  const file = path.join(folder, fileName);
  const { widthPx, heightPx } = await publishedPictures.derive({ from: original.path, to: file, derivative }, signal);
  return { path: file, fileName, mediaType, widthPx, heightPx };
}
