import { z } from 'zod';

const vector = z.array(z.number()).length(3);

/** From where a camera looks (python/viewpoint.py). In the metadata of pictures and films: seen from the product, whatever was turned. */
export const Viewpoint = z.object({
  atMm: vector,
  /** Unit vectors. */
  forward: vector,
  up: vector,
  lensMm: z.number(),
});
export type Viewpoint = z.output<typeof Viewpoint>;
