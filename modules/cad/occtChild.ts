/** Entry of the child process that reads STEP files; talks to `occt.ts` over its IPC channel. */
import { readFile, writeFile } from 'node:fs/promises';
import { answerJobs } from '../children/answerJobs.js';
import type { OnProgress } from '../children/childJobs.js';
import { ModuleError } from '../errors.js';
import type { JsonObject } from '../json.js';
import { Bounds, describeBox } from './bounds.js';
import { buildModel, type CadModel } from './cadModel.js';
import { writeGlb } from './glb.js';
import { objectTreeOf } from './objectTree.js';
import type { CadJob, JobResult } from './occtJobs.js';
import { warningsFromLog } from './occtLog.js';
import { occtThreads } from './occtThreads.js';
import { emptyBox, growBox } from './partShape.js';
import { LANES, readParts } from './readParts.js';
import { readStepText, type StepText } from './stepText.js';
import { type Tessellation, tessellationKey } from './tessellation.js';
import { IDENTITY } from './transforms.js';
import { writeWebModel } from './webModel.js';

const GENERATOR = 'HartOMat';
const MODEL_CACHE_BYTES = 256 * 1024 * 1024;
const DROP_OCCT_ABOVE_RSS = 1024 * 1024 * 1024;

/** Models by content and tessellation, the most recently used last. */
const models = new Map<string, { model: CadModel; byteSize: number }>();
let lastText: { sha256: string; text: StepText } | undefined;

async function textOf(job: CadJob): Promise<StepText> {
  if (lastText?.sha256 !== job.sha256) {
    lastText = undefined;
    lastText = { sha256: job.sha256, text: readStepText(await readFile(job.stepPath)) };
  }
  return lastText.text;
}

async function modelOf(
  job: CadJob & { tessellation: Tessellation },
  progress: OnProgress,
): Promise<{ model: CadModel; isWarm: boolean }> {
  const key = `${job.sha256} ${tessellationKey(job.tessellation)}`;
  const known = models.get(key);
  if (known) {
    models.delete(key);
    models.set(key, known);
    return { model: known.model, isWarm: true };
  }
  progress(0.02, 'Reading the file');
  const { file, structure, facts } = await textOf(job);
  progress(0.1, `Meshing ${facts.productCount} products`);
  const result = await orExplain(() =>
    readParts(file, structure, job.tessellation, (done, count) =>
      progress(0.1 + (0.7 * done) / count, `Meshed ${done} of ${count} parts`),
    ),
  );
  progress(0.8, 'Assembling the model');
  const model = buildModel(structure, result, [
    ...facts.warnings,
    ...warningsFromLog(result.log, facts.warnings.length > 0),
  ]);
  remember(key, model);
  if (process.memoryUsage.rss() > DROP_OCCT_ABOVE_RSS) await occtThreads.drop();
  return { model, isWarm: false };
}

async function orExplain<R>(read: () => Promise<R>): Promise<R> {
  try {
    return await read();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const isMemory = /memory|allocat/i.test(reason);
    throw new ModuleError(
      isMemory ? 'CAD_OUT_OF_MEMORY' : 'CAD_UNREADABLE',
      isMemory
        ? 'The file needs more memory to read than there is. Please simplify it or split it.'
        : 'OpenCascade gave up while reading the file; something in it is damaged or unusual.',
      isMemory ? 'resource' : 'input',
      { reason: reason.slice(0, 500) },
    );
  }
}

function remember(key: string, model: CadModel): void {
  const byteSize = model.parts.reduce((sum, { shape }) => {
    const indices = shape.groups.reduce((total, group) => total + group.indices.byteLength, 0);
    return sum + shape.positions.byteLength + shape.normals.byteLength + indices;
  }, 0);
  if (byteSize > MODEL_CACHE_BYTES) return;
  models.set(key, { model, byteSize });
  let total = [...models.values()].reduce((sum, entry) => sum + entry.byteSize, 0);
  for (const [oldest, entry] of models) {
    if (total <= MODEL_CACHE_BYTES && models.size <= 16) break;
    models.delete(oldest);
    total -= entry.byteSize;
  }
}

async function perform(job: CadJob, progress: OnProgress): Promise<JobResult> {
  if (job.op === 'inspect') {
    progress(0.1, 'Checking the file');
    const { warnings, ...facts } = (await textOf(job)).facts;
    // Whatever comes next needs OpenCascade: load it while the modules in between do their part.
    occtThreads.prepare(facts.productCount > 1 ? LANES : 1);
    return { facts: { ...facts }, warnings, isWarm: false };
  }
  const { model, isWarm } = await modelOf(job, progress);
  const { warnings } = model;
  progress(0.9, 'Writing the result');
  const counts = {
    partCount: model.parts.length,
    instanceCount: model.parts.reduce((sum, part) => sum + part.instanceCount, 0),
  };
  switch (job.op) {
    case 'bbox':
      return { facts: { ...describeBox(boundsOf(model)) }, warnings, isWarm };
    case 'objects':
      await writeFile(job.outPath, JSON.stringify(objectTreeOf(model)));
      return { facts: counts, warnings, isWarm };
    case 'glb': {
      const { bytes, ...glb } = await writeGlb(model, GENERATOR);
      await writeFile(job.outPath, bytes);
      const copies: JsonObject[] = [];
      for (const [at, { outPath, ...spec }] of (job.copies ?? []).entries()) {
        progress(0.92 + (0.07 * at) / job.copies!.length, 'Writing lighter copies');
        const copy = await writeWebModel(bytes, spec);
        await writeFile(outPath, copy.bytes);
        copies.push({ triangleCount: copy.triangleCount });
      }
      return {
        facts: { ...counts, ...glb, bboxMm: describeBox(boundsOf(model)).bboxMm },
        copies,
        warnings,
        isWarm,
      };
    }
  }
}

function boundsOf(model: CadModel) {
  const bounds = new Bounds();
  const box = emptyBox();
  for (const root of model.roots) growBox(box, bounds.of(root, IDENTITY));
  return box;
}

answerJobs(perform);
