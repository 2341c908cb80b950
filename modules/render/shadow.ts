/** The shadow is soft: this many pixels on its longer side carry all of it. */
const LONGER_SIDE_PX = 128;
const SAMPLES = 24;

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
  const scale = Math.min(1, LONGER_SIDE_PX / Math.max(width, height));
  return {
    output,
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
    samples: SAMPLES,
  };
}
