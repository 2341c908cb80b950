import type { CSSProperties } from 'react';
import type { MaterialFieldsFragment } from '../../gql/graphql.js';

interface Look {
  baseColor?: string;
  metallic?: number;
  roughness?: number;
}

/** A ball that hints at the material: its colour or texture, and how sharp its highlight is. Not a render. */
export function Swatch({ material, size = 72 }: { material: MaterialFieldsFragment; size?: number }) {
  const { baseColor = '#808080', metallic = 0, roughness = 0.5 } = (material.properties ?? {}) as Look;
  const texture = material.textures.find(({ channel }) => channel === 'baseColor')?.artifact?.thumbnailUrl;
  const style = {
    '--swatch-size': `${size}px`,
    '--swatch-color': baseColor,
    '--swatch-gloss': `${Math.round(8 + roughness * 42)}%`,
    '--swatch-light': String(0.95 - roughness * 0.7),
    '--swatch-shade': String(0.35 + metallic * 0.35),
    ...(texture && { '--swatch-texture': `url("${texture}")` }),
  } as CSSProperties;
  return <span className="material-swatch" style={style} aria-hidden="true" />;
}
