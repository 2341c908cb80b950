import { expect, it } from 'vitest';
import { MODULES } from '../modules/registry.js';
import { checkParams } from './params.js';

it('finds settings that do not go together before anything runs', () => {
  const still = MODULES['render.blender_still'];
  expect(checkParams(still, { transparent: true, format: 'jpeg' })).toMatchObject({
    ok: false,
    issues: [
      {
        code: 'PARAM_INVALID',
        path: ['format'],
        message: '“File format” is not right: JPEG cannot be transparent. Choose PNG or WebP, or a background colour.',
      },
    ],
  });
  expect(checkParams(still, { transparent: true, format: 'webp' }).ok).toBe(true);
});
