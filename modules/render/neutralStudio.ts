import type { StudioTemplate } from '../shapes/renderTemplate.js';

/** The studio of thumbnails: bright from all sides, so that CAD colours show as they are. Not in the library: nobody chooses it. */
export const neutralStudio: StudioTemplate = {
  kind: 'studio',
  name: 'neutral',
  label: 'Neutral',
  description: '',
  version: 1,
  camera: { azimuthDeg: 35, elevationDeg: 28, lensMm: 85, margin: 1.06, aperture: 0 },
  lights: [
    { name: 'Key', azimuthDeg: -50, elevationDeg: 50, distance: 4, size: 4, power: 95, color: '#ffffff' },
    { name: 'Rim', azimuthDeg: 150, elevationDeg: 50, distance: 4, size: 4, power: 55, color: '#ffffff' },
  ],
  world: { color: '#ffffff', horizonColor: '#77797d', strength: 0.6 },
  backdrop: { kind: 'none' },
  floor: { shadowCatcher: false },
  colorManagement: { viewTransform: 'Standard', contrast: 'none', exposure: 0 },
  engines: ['cycles'],
  defaultMaterial: { baseColor: '#a9adb2', metallic: 0, roughness: 0.5 },
  turntable: { turns: 'product' },
};
