import type { Derivative } from './derivatives.js';

/** What the child process can be asked to do with one picture. */
export type PictureJob = { op: 'read'; path: string } | ({ op: 'derive' } & DerivativeJob);

export interface DerivativeJob {
  from: string;
  to: string;
  derivative: Derivative;
}

export type PictureResult = ReadPicture | { unreadable: string };

/** What a picture says of itself. */
export interface ReadPicture {
  /** As sharp calls it: `png`, `heif`. */
  format: string;
  widthPx: number;
  heightPx: number;
  hasAlpha: boolean;
}
