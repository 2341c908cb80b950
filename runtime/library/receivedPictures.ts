import { MiB } from '../../modules/children/childPool.js';
import { Pictures } from '../../modules/pictures/pictures.js';

/** The children of a server, in which it reads what people send and makes what lists show: no picture can hold the server up or take it
 * down. A texture of the largest size that must be decoded at once, with 16 bits a channel, takes half of the memory. */
export const receivedPictures = new Pictures({
  maxChildren: 2,
  timeLimitMs: 60_000,
  maxRssBytes: 1024 * MiB,
  // The first thumbnail after a rest waits a quarter of a second for its child.
  idleMs: 10 * 60_000,
});
