import {
  DataTexture,
  LinearFilter,
  LinearSRGBColorSpace,
  Mesh,
  MeshBasicMaterial,
  NeutralToneMapping,
  NoBlending,
  OrthographicCamera,
  PlaneGeometry,
  RGBAFormat,
  Scene,
  type TextureDataType,
  WebGLRenderer,
} from 'three';
import type { EXR } from 'three/addons/loaders/EXRLoader.js';
import type { HDR } from 'three/addons/loaders/HDRLoader.js';

export interface HdrScene {
  load(file: { url: string; mediaType: string }, signal: AbortSignal): Promise<{ width: number; height: number }>;
  /** Stops (EV): one more is twice as bright. */
  setExposure(stops: number): void;
  dispose(): void;
}

const RADIANCE = 'image/vnd.radiance';

/** Reads a picture with more light than a screen can show. Each kind brings its reader in when it is asked for. */
async function readPicture(bytes: ArrayBuffer, mediaType: string): Promise<DataTexture> {
  const isRadiance = mediaType === RADIANCE;
  const picture: EXR | HDR = isRadiance
    ? new (await import('three/addons/loaders/HDRLoader.js')).HDRLoader().parse(bytes)
    : new (await import('three/addons/loaders/EXRLoader.js')).EXRLoader().parse(bytes);
  const format = 'format' in picture ? picture.format : RGBAFormat;
  const texture = new DataTexture(
    picture.data as Uint16Array<ArrayBuffer>,
    picture.width,
    picture.height,
    format,
    picture.type as TextureDataType,
  );
  texture.colorSpace = LinearSRGBColorSpace;
  texture.minFilter = LinearFilter;
  texture.magFilter = LinearFilter;
  // The reader of OpenEXR begins at the bottom, that of Radiance at the top.
  texture.flipY = isRadiance;
  texture.needsUpdate = true;
  return texture;
}

/** Shows one picture of linear light in `canvas`, toned down as the 3D view is. Draws only when something changed. */
export function createHdrScene(canvas: HTMLCanvasElement): HdrScene {
  const renderer = new WebGLRenderer({ canvas, alpha: true, preserveDrawingBuffer: true });
  renderer.toneMapping = NeutralToneMapping;
  renderer.setPixelRatio(Math.min(window.devicePixelRatio, 2));
  const scene = new Scene();
  const camera = new OrthographicCamera(-0.5, 0.5, 0.5, -0.5, -1, 1);
  // Colours of such pictures are already weighed with their alpha, as the canvas takes them.
  const material = new MeshBasicMaterial({ blending: NoBlending });
  const plane = new Mesh(new PlaneGeometry(1, 1), material);
  let frame = 0;

  const draw = () => {
    frame = 0;
    renderer.render(scene, camera);
  };
  const requestDraw = () => {
    if (!frame) frame = requestAnimationFrame(draw);
  };
  /** All of the picture, as large as it fits. */
  const fit = () => {
    const { clientWidth, clientHeight } = canvas;
    if (!clientWidth || !clientHeight) return;
    renderer.setSize(clientWidth, clientHeight, false);
    const { width, height } = (material.map?.image as { width: number; height: number } | undefined) ?? {
      width: 2,
      height: 1,
    };
    const scale = Math.min(clientWidth / width, clientHeight / height);
    plane.scale.set((width * scale) / clientWidth, (height * scale) / clientHeight, 1);
    requestDraw();
  };
  const resize = new ResizeObserver(fit);
  resize.observe(canvas);

  return {
    async load({ url, mediaType }, signal) {
      const response = await fetch(url, { signal });
      if (!response.ok) throw new Error(`The server answered ${response.status}.`);
      const texture = await readPicture(await response.arrayBuffer(), mediaType);
      if (signal.aborted) texture.dispose();
      signal.throwIfAborted();
      const { width, height } = texture.image;
      const most = renderer.capabilities.maxTextureSize;
      if (Math.max(width, height) > most) {
        texture.dispose();
        throw new Error(`This computer shows pictures up to ${most} pixels wide and high.`);
      }
      material.map = texture;
      scene.add(plane);
      fit();
      return { width, height };
    },
    setExposure(stops) {
      renderer.toneMappingExposure = 2 ** stops;
      requestDraw();
    },
    dispose() {
      cancelAnimationFrame(frame);
      resize.disconnect();
      material.map?.dispose();
      material.dispose();
      plane.geometry.dispose();
      renderer.dispose();
    },
  };
}
