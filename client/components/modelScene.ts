import {
  Box3,
  Color,
  DirectionalLight,
  LoadingManager,
  type Material,
  MathUtils,
  Mesh,
  MeshStandardMaterial,
  NeutralToneMapping,
  type Object3D,
  PerspectiveCamera,
  PMREMGenerator,
  Scene,
  Spherical,
  Vector3,
  WebGLRenderer,
} from 'three';
import { OrbitControls } from 'three/addons/controls/OrbitControls.js';
import { RoomEnvironment } from 'three/addons/environments/RoomEnvironment.js';
import { type GLTF, GLTFLoader } from 'three/addons/loaders/GLTFLoader.js';

export interface ModelFacts {
  /** Metres along x, y, z of glTF axes. */
  size: [number, number, number];
  triangleCount: number;
  meshCount: number;
}

export type ModelView = 'home' | 'front' | 'side' | 'top';

/** Azimuth and elevation of the named views, degrees. */
const VIEWS: Record<ModelView, [number, number]> = { home: [35, 25], front: [0, 0], side: [90, 0], top: [0, 89.9] };

export interface ModelScene {
  load(url: string, signal: AbortSignal): Promise<ModelFacts>;
  look(view: ModelView): void;
  /** Degrees. */
  orbit(azimuth: number, elevation: number): void;
  /** Below 1 moves closer. */
  dolly(factor: number): void;
  setWireframe(isOn: boolean): void;
  setBackground(color: string): void;
  /** Lets the object with this id stand out and everything else fade; null: nothing does. */
  pick(objectId: string | null): void;
  dispose(): void;
}

function factsOf(root: Object3D, box: Box3): ModelFacts {
  const facts = { triangleCount: 0, meshCount: 0 };
  root.traverse((object) => {
    if (!(object instanceof Mesh)) return;
    facts.meshCount += 1;
    const { index, attributes } = object.geometry;
    facts.triangleCount += (index ? index.count : (attributes.position?.count ?? 0)) / 3;
  });
  return { ...facts, size: box.getSize(new Vector3()).toArray() };
}

/** Reads binary glTF. Only compressed files bring in a decoder, from our own origin and in plain JavaScript, since the
 * console's content security policy allows no WebAssembly; `vite.config.ts` chooses that of meshopt. */
async function readGltf(bytes: ArrayBuffer): Promise<GLTF> {
  const loader = new GLTFLoader();
  const header = new TextDecoder().decode(new Uint8Array(bytes, 20, new DataView(bytes).getUint32(12, true)));
  if (header.includes('EXT_meshopt_compression')) {
    const { MeshoptDecoder } = await import('meshoptimizer/decoder');
    loader.setMeshoptDecoder(MeshoptDecoder);
  }
  if (!header.includes('KHR_draco_mesh_compression')) return loader.parseAsync(bytes, '');
  const [{ DRACOLoader }, { default: decoderUrl }] = await Promise.all([
    import('three/addons/loaders/DRACOLoader.js'),
    import('three/addons/libs/draco/gltf/draco_decoder.js?url'),
  ]);
  // The loader asks for the decoder by its bare name; builds give files names of their own.
  const decoder = new DRACOLoader(new LoadingManager().setURLModifier(() => decoderUrl)).setDecoderConfig({
    type: 'js',
  });
  try {
    return await loader.setDRACOLoader(decoder).parseAsync(bytes, '');
  } finally {
    decoder.dispose();
  }
}

/** Shows one binary glTF in `canvas`. Draws only when something changed, so that an idle page costs nothing. */
export function createModelScene(canvas: HTMLCanvasElement): ModelScene {
  const renderer = new WebGLRenderer({ canvas, antialias: true, preserveDrawingBuffer: true });
  renderer.toneMapping = NeutralToneMapping;
  renderer.setPixelRatio(Math.min(window.devicePixelRatio, 2));
  const scene = new Scene();
  const pmrem = new PMREMGenerator(renderer);
  const environment = pmrem.fromScene(new RoomEnvironment(), 0.04, 0.1, 100, { size: 128 });
  scene.environment = environment.texture;
  scene.environmentIntensity = 0.55;
  const sun = new DirectionalLight(0xffffff, 1.1);
  sun.position.set(2, 4, 3);
  scene.add(sun);
  const camera = new PerspectiveCamera(35, 1, 0.001, 100);
  const controls = new OrbitControls(camera, canvas);
  controls.enableDamping = false;
  const picked = new MeshStandardMaterial({ color: 0x3f7ff0, roughness: 0.5 });
  const faded = new MeshStandardMaterial({ color: 0x9a9aa2, transparent: true, opacity: 0.12, depthWrite: false });
  /** What is picked or faded, with what it looks like otherwise. */
  const dressed = new Map<Mesh, Material | Material[]>();
  let pickedId: string | null = null;
  let model: Object3D | undefined;
  let radius = 1;
  let frame = 0;

  const draw = () => {
    frame = 0;
    renderer.render(scene, camera);
  };
  const requestDraw = () => {
    if (!frame) frame = requestAnimationFrame(draw);
  };
  controls.addEventListener('change', requestDraw);

  const resize = new ResizeObserver(() => {
    const { clientWidth, clientHeight } = canvas;
    if (!clientWidth || !clientHeight) return;
    renderer.setSize(clientWidth, clientHeight, false);
    camera.aspect = clientWidth / clientHeight;
    camera.updateProjectionMatrix();
    requestDraw();
  });
  resize.observe(canvas);

  /** Distance from which the bounding sphere fills the smaller side of the view. */
  const fitDistance = () => {
    const vertical = MathUtils.degToRad(camera.fov) / 2;
    const narrow = Math.min(vertical, Math.atan(Math.tan(vertical) * camera.aspect));
    return (radius * 1.02) / Math.sin(narrow);
  };
  const place = (spherical: Spherical) => {
    camera.position.setFromSpherical(spherical.makeSafe()).add(controls.target);
    controls.update();
    requestDraw();
  };
  const current = () => new Spherical().setFromVector3(camera.position.clone().sub(controls.target));

  const scenery: ModelScene = {
    async load(url, signal) {
      const response = await fetch(url, { signal });
      if (!response.ok) throw new Error(`The server answered ${response.status}.`);
      const bytes = await response.arrayBuffer();
      const gltf = await readGltf(bytes);
      signal.throwIfAborted();
      model = gltf.scene;
      const box = new Box3().setFromObject(model);
      if (box.isEmpty()) throw new Error('The model holds no geometry.');
      radius = Math.max(box.getSize(new Vector3()).length() / 2, 1e-6);
      box.getCenter(controls.target);
      camera.near = radius / 200;
      camera.far = radius * 60;
      camera.updateProjectionMatrix();
      controls.minDistance = radius * 0.05;
      controls.maxDistance = radius * 20;
      scene.add(model);
      scenery.pick(pickedId);
      scenery.look('home');
      return factsOf(model, box);
    },
    look(view) {
      const [azimuth, elevation] = VIEWS[view];
      place(new Spherical(fitDistance(), MathUtils.degToRad(90 - elevation), MathUtils.degToRad(azimuth)));
    },
    orbit(azimuth, elevation) {
      const spherical = current();
      spherical.theta += MathUtils.degToRad(azimuth);
      spherical.phi -= MathUtils.degToRad(elevation);
      place(spherical);
    },
    dolly(factor) {
      const spherical = current();
      spherical.radius = MathUtils.clamp(spherical.radius * factor, controls.minDistance, controls.maxDistance);
      place(spherical);
    },
    setWireframe(isOn) {
      picked.wireframe = isOn;
      model?.traverse((object) => {
        if (!(object instanceof Mesh)) return;
        const look = dressed.get(object) ?? object.material;
        for (const material of [look].flat() as MeshStandardMaterial[]) material.wireframe = isOn;
      });
      requestDraw();
    },
    pick(objectId) {
      pickedId = objectId;
      for (const [mesh, material] of dressed) mesh.material = material;
      dressed.clear();
      const dress = (root: Object3D, material: Material) =>
        root.traverse((object) => {
          if (!(object instanceof Mesh)) return;
          if (!dressed.has(object)) dressed.set(object, object.material);
          object.material = material;
        });
      const found: Object3D[] = [];
      if (objectId !== null) model?.traverse((object) => object.userData.objectId === objectId && found.push(object));
      if (model && found.length > 0) {
        dress(model, faded);
        for (const object of found) dress(object, picked);
      }
      requestDraw();
    },
    setBackground(color) {
      scene.background = new Color(color);
      requestDraw();
    },
    dispose() {
      cancelAnimationFrame(frame);
      resize.disconnect();
      controls.dispose();
      scenery.pick(null);
      picked.dispose();
      faded.dispose();
      scene.traverse((object) => {
        if (!(object instanceof Mesh)) return;
        object.geometry.dispose();
        for (const material of [object.material].flat()) material.dispose();
      });
      environment.dispose();
      pmrem.dispose();
      renderer.dispose();
    },
  };
  return scenery;
}
