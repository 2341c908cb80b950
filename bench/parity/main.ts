import { compareFilms } from '../../runtime/parity/compareFilms.js';
import { comparePictures } from '../../runtime/parity/comparePictures.js';
import { ParityPolicy } from '../../runtime/parity/policy.js';
import type { Findings } from '../../runtime/parity/results.js';
import { createTestContext } from '../../tests/support/moduleContext.js';
import { parityScene, type Variation } from '../../tests/support/parityScenes.js';

// node --import tsx bench/parity/main.ts [edge in px, default 192]: what noise and known-bad pairs measure; docs/parity.md has the figures.
const edge = Number(process.argv[2] ?? 192);
const test = await createTestContext();
try {
  const scene = await parityScene(test, { width: edge, height: edge });
  const pairs: [string, Variation, Variation?][] = [
    ['another seed, 16 samples, denoised', { params: { seed: 7 } }],
    ['another seed, 64 samples, denoised', { params: { seed: 7, samples: 64 } }, { params: { samples: 64 } }],
    [
      'another seed, 64 samples, grain left',
      { params: { seed: 7, samples: 64, denoise: false } },
      { params: { samples: 64, denoise: false } },
    ],
    ['another seed, 16 samples, grain left', { params: { seed: 7, denoise: false } }, { params: { denoise: false } }],
    [
      'another seed, cut-out with shadow',
      { params: { seed: 7, transparent: true } },
      { params: { transparent: true } },
    ],
    ['another seed, 16 bits', { params: { seed: 7, format: 'png16' } }, { params: { format: 'png16' } }],
    ['another seed, EXR', { params: { seed: 7, format: 'exr' } }, { params: { format: 'exr' } }],
    [
      'JPEG quality 90 and 92',
      { params: { format: 'jpeg', imageQuality: 90 } },
      { params: { format: 'jpeg', imageQuality: 92 } },
    ],
    ['camera 1° further', { params: { camera: { azimuthDeg: 36 } } }],
    ['camera 2° further', { params: { camera: { azimuthDeg: 37 } } }],
    ['camera 5° further', { params: { camera: { azimuthDeg: 40 } } }],
    ['camera 2° higher', { params: { camera: { elevationDeg: 30 } } }],
    ...scene.parts.map((part): [string, Variation] => [`${part}: wrong material`, { wrongPart: part }]),
    ...scene.parts.map((part): [string, Variation] => [`${part}: missing`, { missingPart: part }]),
    ['2 % smaller', { margin: 1.02 }],
    ['5 % smaller', { margin: 1.05 }],
    ['5 % smaller, cut-out', { margin: 1.05, params: { transparent: true } }, { params: { transparent: true } }],
  ];
  const stills = new Map<string, Promise<Awaited<ReturnType<typeof scene.still>>>>();
  const still = (variation: Variation) => {
    const key = JSON.stringify(variation);
    if (!stills.has(key)) stills.set(key, scene.still(variation));
    return stills.get(key)!;
  };
  const file = (ref: Awaited<ReturnType<typeof scene.still>>) => ({ ...ref, path: test.fileOf(ref) });
  const limits = ParityPolicy.parse({}).still_image;
  console.log(['pair', 'different', 'region', 'SSIM', 'region', 'colour', 'alpha', 'verdict'].join(' | '));
  const tools = { workdir: test.ctx.workdir, signal: test.ctx.signal, log: () => {}, keep: async () => 'x' };
  const print = (name: string, { figures, reasons }: Findings) => {
    const at = (key: string) => figures.find((figure) => figure.key === key)?.difference ?? '';
    const row = ['differentShare', 'worstRegion', 'ssim', 'worstSsim', 'colorShift', 'alpha'].map(at);
    console.log([name, ...row, reasons.length > 0 ? 'differs' : 'passes'].join(' | '));
  };
  for (const [name, changed, base = {}] of pairs) {
    const [legacy, graph] = [await still(base), await still(changed)];
    print(name, await comparePictures(file(legacy), file(graph), limits, tools));
  }
  const films: [string, Variation][] = [
    ['film: another seed', { params: { seed: 7 } }],
    ['film: quality 70', { params: { imageQuality: 70 } }],
    ['film: camera 2° higher', { params: { camera: { elevationDeg: 30 } } }],
    ['film: a bolt of another material', { wrongPart: 'Hex Bolt M10x35' }],
    ['film: 5 % smaller', { margin: 1.05 }],
  ];
  const film = await scene.film();
  for (const [name, changed] of films)
    print(
      name,
      await compareFilms(file(film), file(await scene.film(changed)), ParityPolicy.parse({}).turntable_video, tools),
    );
} finally {
  await test.cleanup();
}
