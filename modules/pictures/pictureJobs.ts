import type { Derivative } from '../output/derivatives.js';
import type { Background } from '../render/ground.js';
import type { ShadowJob } from '../render/shadow.js';

/** What the child process can be asked to do with pictures, and what it answers. Paths are local. */
export interface PictureJobs {
  header: { job: { path: string }; result: ReadPicture | Unreadable };
  read: { job: { path: string }; result: ReadPicture | Unreadable };
  thumbnail: { job: ThumbnailJob; result: null | Unreadable };
  derive: { job: DerivativeJob; result: ReadPicture | Unreadable };
  opacity: { job: { path: string }; result: Opacity | Unreadable };
  compose: { job: ComposeJob; result: null };
  paint: { job: BackgroundJob; result: null };
  animation: { job: { path: string }; result: Animation };
}
export type PictureOp = keyof PictureJobs;
export type PictureJob = { [Op in PictureOp]: { op: Op } & PictureJobs[Op]['job'] }[PictureOp];
export type PictureResult = PictureJobs[PictureOp]['result'];

/** Why a picture cannot be read. */
export interface Unreadable {
  unreadable: string;
}

/** A WebP in which a picture can be told. */
export interface ThumbnailJob {
  from: string;
  to: string;
  /** Of its width and height at most. */
  maxSidePx: number;
}

export interface DerivativeJob {
  from: string;
  to: string;
  derivative: Derivative;
}

/** What a picture says of itself. */
export interface ReadPicture {
  /** As sharp calls it: `png`, `heif`. */
  format: string;
  widthPx: number;
  heightPx: number;
  hasAlpha: boolean;
}

/** A picture's size in pixels, and how much of it is covered: the mean of its alpha, 0..1. */
export interface Opacity {
  width: number;
  height: number;
  opacity: number;
}

/** The product on its shadow on the background, as a file. */
export interface ComposeJob {
  /** PNG, transparent where what is behind it is to be seen. */
  product: string;
  /** As it was rendered; null: none. */
  shadow: ShadowJob | null;
  background: Background;
  width: number;
  height: number;
  /** `png16` has 16 bits a channel. */
  format: 'png' | 'png16' | 'jpeg' | 'webp';
  /** 1..100, for JPEG and WebP. */
  imageQuality: number;
  to: string;
}

/** What is behind a film, as an opaque PNG. */
export interface BackgroundJob {
  background: NonNullable<Background>;
  width: number;
  height: number;
  to: string;
}

/** What an animated WebP says of itself. */
export interface Animation {
  width: number;
  /** Of one picture. */
  height: number;
  /** How many pictures; those that do not change are one. */
  pages: number;
  durationMs: number;
  /** How often it is shown; 0: for ever. */
  loop: number | undefined;
}
