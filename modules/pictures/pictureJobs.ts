import type { Derivative } from '../output/derivatives.js';
import type { Background } from '../render/ground.js';
import type { ShadowJob } from '../render/shadow.js';

/** What the child process can be asked to do with pictures, and what it answers. Paths are local. */
export interface PictureJobs {
  header: { job: { path: string }; result: ReadPicture | Unreadable };
  read: { job: { path: string }; result: ReadPicture | Unreadable };
  shrink: { job: ShrinkJob; result: Size | Unreadable };
  derive: { job: DerivativeJob; result: ReadPicture | Unreadable };
  opacity: { job: { path: string }; result: Opacity | Unreadable };
  compose: { job: ComposeJob; result: null };
  paint: { job: BackgroundJob; result: null };
  animation: { job: { path: string }; result: Animation | Unreadable };
  frame: { job: FrameJob; result: null | Unreadable };
  compare: { job: CompareJob; result: PictureComparison | Unreadable };
}
export type PictureOp = keyof PictureJobs;
export type PictureJob = { [Op in PictureOp]: { op: Op } & PictureJobs[Op]['job'] }[PictureOp];
export type PictureResult = PictureJobs[PictureOp]['result'];

/** Why a picture cannot be read. */
export interface Unreadable {
  unreadable: string;
}

/** In pixels. */
export interface Size {
  width: number;
  height: number;
}

/** A picture to be looked at: of 8 bits a channel, and no larger than this. */
export interface ShrinkJob {
  from: string;
  to: string;
  /** Of its width and height at most. */
  maxSidePx: number;
  format: 'webp' | 'png';
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

/** How much of a picture is covered: the mean of its alpha, 0..1. */
export interface Opacity extends Size {
  opacity: number;
}

/** The product on its shadow on the background, as a file. */
export interface ComposeJob extends Size {
  /** PNG, transparent where what is behind it is to be seen. */
  product: string;
  /** As it was rendered; null: none. */
  shadow: ShadowJob | null;
  background: Background;
  /** `png16` has 16 bits a channel. */
  format: 'png' | 'png16' | 'jpeg' | 'webp';
  /** 1..100, for JPEG and WebP. */
  imageQuality: number;
  to: string;
}

/** What is behind a film, as an opaque PNG. */
export interface BackgroundJob extends Size {
  background: NonNullable<Background>;
  to: string;
}

/** What an animated WebP says of itself; the size is that of one picture. */
export interface Animation extends Size {
  /** How many pictures; those that do not change are one. */
  pages: number;
  /** How long each of them is shown. */
  delaysMs: number[];
  /** How often it is shown; 0: for ever. */
  loop: number | undefined;
  hasAlpha: boolean;
}

/** One picture of an animated WebP as a PNG. */
export interface FrameJob {
  from: string;
  /** Counted from 0. */
  page: number;
  to: string;
}

/** Two pictures that are to look alike. */
export interface CompareJob {
  first: string;
  second: string;
  /** Where a PNG of what differs is put, if anything does. */
  drawTo: string;
}

/** What a picture is, apart from what it shows. */
export interface PictureMode extends Size {
  format: string;
  /** Bits a channel. */
  bits: number;
  channels: number;
  hasAlpha: boolean;
  colorSpace: string;
}

export interface PictureComparison {
  modes: [PictureMode, PictureMode];
  /** Null: they are not of one size. */
  pixels: PixelDifference | null;
}

/** How far two pictures of one size look alike. */
export interface PixelDifference {
  /** Share of the pixels that look different: of all, and of the small square that has most of them. */
  differentShare: number;
  worstShare: number;
  /** SSIM of the picture as it is seen whole, and of its worst region. */
  similarity: number;
  worstSimilarity: number;
  /** Largest difference of the mean colour of a small region, 0..255. */
  colorShift: number;
  /** Mean difference of the transparency, 0..1; null: both are opaque. */
  alpha: number | null;
  /** Size of the drawing of what differs; null: nothing does. */
  drawn: Size | null;
}
