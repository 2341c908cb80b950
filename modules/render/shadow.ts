/** A shadow is soft, so a share of the picture's pixels carries all of it. Fewer would lose where feet touch the floor; more have to be
 * rendered, in every frame of a turntable. In pixels of the longer side. */
const SHARE = 1 / 8;
const LEAST_PX = 96;
const MOST_PX = 128;
/** A power of two, which Cycles spreads evenly. With 24 the blur of `softShadow` leaves blotches; measured on two products, 64 have half of
 * their grain, and in 96 pixels take as long as 24 in 128. */
const SAMPLES = 64;

/** The part of a render job that makes the shadow. */
export interface ShadowJob {
  /** Where Blender puts it: RGBA PNG, black with the shadow as alpha. */
  output: string;
  width: number;
  height: number;
  samples: number;
}

/** A shadow for a picture of the given size. */
export function shadowJob(output: string, width: number, height: number): ShadowJob {
  const longer = Math.max(width, height);
  const scale = Math.min(1, Math.min(MOST_PX, Math.max(LEAST_PX, longer * SHARE)) / longer);
  return {
    output,
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
    samples: SAMPLES,
  };
}
