/** What can be delivered, with the ending its files get. */
export const ENDINGS: Readonly<Record<string, string>> = {
  'image/png': '.png',
  'image/jpeg': '.jpg',
  'image/webp': '.webp',
  'image/avif': '.avif',
  'image/x-exr': '.exr',
  'video/mp4': '.mp4',
  'video/webm': '.webm',
  'application/zip': '.zip',
  'application/x-blender': '.blend',
  'model/gltf-binary': '.glb',
};

export const DELIVERABLE_TYPES: readonly string[] = Object.keys(ENDINGS);
