import { z } from 'zod';
import { FileRef } from './artifactRef.js';

/** Of a picture of the surroundings: how it lights and what is seen of it. */
const environmentLook = {
  strength: z
    .number()
    .nonnegative()
    .max(100)
    .meta({ title: 'Strength', description: 'Brightness; 1 is as in the file.' }),
  rotationDeg: z.number().min(-360).max(360).meta({
    title: 'Rotation (°)',
    description:
      'Turns the surroundings, counter-clockwise seen from above; 0 has the middle of the picture behind the product.',
  }),
  lightingOnly: z.boolean().meta({
    title: 'Light only',
    description:
      'It lights the product and mirrors in it; behind the product is the backdrop. Off: it is the backdrop.',
  }),
};

const ImageName = z.string().min(1).max(200).meta({
  title: 'Picture',
  description:
    'An environment image of the library (HDRI). Its directions count from the camera, as those of the lights.',
  'x-lookup': 'environmentImages',
});

/** What a person sets of the environment of a parametric studio. */
export const EnvironmentSetup = z
  .object({
    image: ImageName.optional(),
    strength: environmentLook.strength.default(1),
    rotationDeg: environmentLook.rotationDeg.default(0),
    lightingOnly: environmentLook.lightingOnly.default(true),
  })
  // No default: what templates without one have made is found again.
  .optional()
  .meta({
    title: 'Environment',
    description: 'A picture of the surroundings that lights the product instead of the light tent.',
  });

/** Set over the environment of a template; what is absent comes from there. */
export const EnvironmentOverride = z
  .object({
    image: ImageName.optional(),
    strength: environmentLook.strength.optional(),
    rotationDeg: environmentLook.rotationDeg.optional(),
    lightingOnly: environmentLook.lightingOnly.optional(),
    isRequired: z.boolean().optional().meta({
      title: 'Required',
      description: 'Off: where the library has no such picture, the light of the template stays. Left empty: on.',
    }),
  })
  .meta({ title: 'Environment', description: 'Whatever is left empty comes from the template.' });
export type EnvironmentOverride = z.output<typeof EnvironmentOverride>;

/** The surroundings as they are rendered: the picture itself (equirectangular, linear light) instead of its name. */
export const Environment = z.object({
  image: FileRef.extend({ role: z.literal('environment_image') }),
  ...environmentLook,
});
export type Environment = z.output<typeof Environment>;
