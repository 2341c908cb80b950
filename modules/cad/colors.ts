/** Linear RGB, each 0..1. OpenCascade and glTF both use it; STEP files and people use sRGB. */
export type LinearColor = readonly [number, number, number];

function encode(linear: number): number {
  const clamped = Math.min(1, Math.max(0, linear));
  const srgb = clamped <= 0.0031308 ? clamped * 12.92 : 1.055 * clamped ** (1 / 2.4) - 0.055;
  return Math.round(srgb * 255);
}

/** sRGB hex in lower case, `#c08a3e`. */
export function toHex(color: LinearColor): string {
  return `#${color.map((channel) => encode(channel).toString(16).padStart(2, '0')).join('')}`;
}

/** The linear colour of an sRGB hex. */
export function fromHex(hex: string): LinearColor {
  const decode = (at: number) => {
    const srgb = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return srgb <= 0.04045 ? srgb / 12.92 : ((srgb + 0.055) / 1.055) ** 2.4;
  };
  return [decode(1), decode(3), decode(5)];
}
