import { Pictures } from '../../modules/pictures/pictures.js';

/** The child in which a worker compares pictures: one after the other, as nobody waits for it. */
export const comparedPictures = new Pictures({ maxChildren: 1 });
