import type { ModuleContext } from '../context.js';
import { ModuleError } from '../errors.js';
import type { JsonObject } from '../json.js';
import type { Device, Engine } from './params.js';

const NO_CARD = 'There is no graphics card that Cycles can use here: the processor rendered it.';

/** What of a scene decides who renders it. */
interface Renderer {
  engine: Engine;
  device?: Device;
}

/** Whether nothing but a graphics card may do what a node with these params does. */
export const needsGpu = ({ engine, device }: JsonObject): boolean => engine === 'cycles' && device === 'gpu_only';

/** Whether a scene is to be rendered by a graphics card; only Cycles does that where nobody looks on. */
export const wantsGpu = ({ engine, device }: Renderer): boolean =>
  engine === 'cycles' && (device === 'gpu' || device === 'gpu_only');

/** Renders a scene on the device it asks for, and once more on the processor when the graphics card fails at it: a picture that takes
 * longer is better than none, unless the card alone is wanted. Another attempt of the node begins with the graphics card again.
 * @param render renders the scene it is given, and returns the facts of the job, with `device` among them.
 * @throws {ModuleError} what `render` throws: `GPU_MISSING` and `GPU_FAILED` where the card alone is wanted.
 * @returns the facts, and what whoever gets the result should know of it. */
export async function onDevice<S extends Renderer>(
  ctx: Pick<ModuleContext, 'log' | 'signal'>,
  scene: S,
  render: (scene: S) => Promise<JsonObject>,
): Promise<{ facts: JsonObject; warnings: string[] }> {
  try {
    const facts = await render(scene);
    if (!wantsGpu(scene) || facts.device === 'gpu') return { facts, warnings: [] };
    ctx.log('warn', NO_CARD);
    return { facts, warnings: [NO_CARD] };
  } catch (error) {
    const isForTheCard = error instanceof ModuleError && error.code === 'GPU_FAILED' && wantsGpu(scene);
    if (!isForTheCard || scene.device === 'gpu_only') throw error;
    ctx.signal.throwIfAborted();
    const warning = `${error.message} The processor rendered it instead.`;
    ctx.log('warn', warning, error.details);
    return { facts: await render({ ...scene, device: 'cpu' }), warnings: [warning] };
  }
}
