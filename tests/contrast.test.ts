import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const SURFACES = ['bg', 'surface', 'surface-raised', 'surface-sunken', 'control', 'surface-hover', 'surface-selected'];
const TONES = ['ok', 'busy', 'bad', 'warn', 'calm', 'reused'];
const TEXTS = ['text', 'text-muted', 'text-faint', 'accent-text', ...TONES];

/** What WCAG 2.2 asks of text, and of what shows where a control is. */
const PAIRS: { front: string; ground: string; least: number }[] = [
  ...SURFACES.flatMap((ground) => [
    ...TEXTS.map((front) => ({ front, ground, least: 4.5 })),
    ...['focus', 'border-control'].map((front) => ({ front, ground, least: 3 })),
  ]),
  ...TONES.flatMap((tone) =>
    [tone, 'text', 'text-muted'].map((front) => ({ front, ground: `${tone}-bg`, least: 4.5 })),
  ),
  ...['accent-solid', 'bad-solid'].map((ground) => ({ front: 'on-accent', ground, least: 4.5 })),
];

const coloursOf = (rules: string) =>
  Object.fromEntries([...rules.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, colour]) => [name, colour]));
const [dark, light] = readFileSync(new URL('../client/app/tokens.css', import.meta.url), 'utf8').split(
  ':root[data-theme="light"]',
);

/** Relative luminance of `#rrggbb`. */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

describe.each([
  ['dark', coloursOf(dark!)],
  ['light', { ...coloursOf(dark!), ...coloursOf(light!) }],
])('the colours of the %s theme', (_theme, colours) => {
  it('can be told from what they stand on', () => {
    const faint = PAIRS.map((pair) => ({ ...pair, is: contrast(colours[pair.front]!, colours[pair.ground]!) }))
      .filter(({ is, least }) => !(is >= least))
      .map(({ front, ground, is, least }) => `${front} on ${ground}: ${is.toFixed(2)} < ${least}`);
    expect(faint).toEqual([]);
  });
});
