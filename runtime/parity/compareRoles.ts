import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { ArtifactRef } from '../../modules/artifacts.js';
import { DomainError } from '../../modules/errors.js';
import { cameraFigures, cameraReasons, isCameraNote } from './cameras.js';
import { compareBlends } from './compareBlends.js';
import { compareBoxes, compareMaterialMaps } from './compareData.js';
import { compareFilms } from './compareFilms.js';
import { compareModels } from './compareModels.js';
import { comparePictures } from './comparePictures.js';
import { equal, told } from './figures.js';
import { COMPARED_ROLES, type ComparedRole, type ParityPolicy } from './policy.js';
import type { Comparison, Figure, Findings } from './results.js';
import type { ComparedFile, Tools } from './tools.js';

type Comparator = (legacy: ComparedFile, graph: ComparedFile, policy: ParityPolicy, tools: Tools) => Promise<Findings>;

/** How files of each role are compared, and how far a camera may have moved where they are made with one. */
const COMPARATORS: Record<
  ComparedRole,
  { kind: Comparison['kind']; compare: Comparator; maxCameraMove?: (policy: ParityPolicy) => number }
> = {
  still_image: {
    kind: 'picture',
    compare: (l, g, policy, tools) => comparePictures(l, g, policy.still_image, tools),
    maxCameraMove: (policy) => policy.still_image.maxCameraMove,
  },
  preview_thumbnail: {
    kind: 'picture',
    compare: (l, g, policy, tools) => comparePictures(l, g, policy.preview_thumbnail, tools),
    maxCameraMove: (policy) => policy.preview_thumbnail.maxCameraMove,
  },
  turntable_video: {
    kind: 'film',
    compare: (l, g, policy, tools) => compareFilms(l, g, policy.turntable_video, tools),
    maxCameraMove: (policy) => policy.turntable_video.maxCameraMove,
  },
  blend_file: { kind: 'blend', compare: (l, g, policy, tools) => compareBlends(l, g, policy.blend_file, tools) },
  glb_model: { kind: 'model', compare: (l, g, policy) => compareModels(l, g, policy.glb_model) },
  bbox: { kind: 'data', compare: (l, g, policy) => compareBoxes(l, g, policy.glb_model) },
  material_map: { kind: 'data', compare: (l, g) => compareMaterialMaps(l, g) },
};
/** These two can be looked at as they are. */
const SHOWN: ReadonlySet<Comparison['kind']> = new Set(['picture']);
const UNREADABLE = /_UNREADABLE$|_CORRUPT$/;
/** Counts and shares of a rendering move a little with its grain. */
const METADATA_SHARE = 0.02;

export interface Sides {
  legacy: readonly ArtifactRef[];
  graph: readonly ArtifactRef[];
}

export interface RoleTools extends Pick<Tools, 'signal' | 'log' | 'keep'> {
  workdir: string;
  /** Local path of an artifact.
   * @throws {ModuleError} `ARTIFACT_MISSING`. */
  path(ref: ArtifactRef): Promise<string>;
}

/** Compares all files of the roles that count, in pairs in the order they were made. A file that only one side has is a difference. */
export async function compareRoles(sides: Sides, policy: ParityPolicy, tools: RoleTools): Promise<Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const role of COMPARED_ROLES) {
    if (policy.ignoredRoles.includes(role)) continue;
    const [legacy, graph] = [sides.legacy, sides.graph].map((files) => files.filter((file) => file.role === role));
    for (let at = 0; at < Math.max(legacy!.length, graph!.length); at++) {
      tools.signal.throwIfAborted();
      comparisons.push(await compareOne(role, at + 1, legacy![at], graph![at], policy, tools));
    }
  }
  return comparisons;
}

async function compareOne(
  role: ComparedRole,
  position: number,
  legacy: ArtifactRef | undefined,
  graph: ArtifactRef | undefined,
  policy: ParityPolicy,
  tools: RoleTools,
): Promise<Comparison> {
  const { kind, compare, maxCameraMove } = COMPARATORS[role];
  const base = {
    ...{ role, position, kind, isIdentical: false, figures: [], samples: [] },
    legacyArtifactId: legacy?.id ?? null,
    graphArtifactId: graph?.id ?? null,
  };
  if (!legacy || !graph) {
    const who = legacy ? 'legacy pipeline' : 'workflow';
    return { ...base, kind: 'missing', verdict: 'differs', reasons: [`Only the ${who} made a ${words(role)}.`] };
  }
  const cameras = maxCameraMove ? cameraFigures(legacy.metadata, graph.metadata, maxCameraMove(policy)) : [];
  const isMoved = cameras.some(({ verdict }) => verdict === 'differs');
  const isIdentical = legacy.sha256 === graph.sha256 && legacy.mediaType === graph.mediaType;
  if (isIdentical && !isMoved) {
    const sample = {
      label: 'Picture',
      legacyArtifactId: legacy.id,
      graphArtifactId: graph.id,
      differenceArtifactId: null,
    };
    const samples = SHOWN.has(kind) && !legacy.mediaType.includes('exr') ? [sample] : [];
    return { ...base, verdict: 'passed', isIdentical, figures: cameras, samples, reasons: [] };
  }
  const workdir = await mkdtemp(path.join(tools.workdir, 'compare-'));
  try {
    const files = [await fileOf(legacy, tools), await fileOf(graph, tools)] as const;
    const found = await compare(...files, policy, { ...tools, workdir });
    const figures = [...metadataFigures(legacy, graph), ...cameras, ...found.figures];
    const isDifferent = figures.some(({ verdict }) => verdict === 'differs');
    const types = legacy.mediaType === graph.mediaType ? [] : [mediaTypeSentence(legacy, graph)];
    const reasons = [...types, ...cameraReasons(cameras), ...found.reasons];
    return { ...base, ...found, isIdentical, figures, reasons, verdict: isDifferent ? 'differs' : 'passed' };
  } catch (error) {
    // A file that is no good is a finding; a tool that is missing or broke is not.
    if (!(error instanceof DomainError && UNREADABLE.test(error.code))) throw error;
    return { ...base, verdict: 'incomparable', reasons: [error.message] };
  } finally {
    await rm(workdir, { recursive: true, force: true });
  }
}

const fileOf = async (ref: ArtifactRef, tools: RoleTools): Promise<ComparedFile> => ({
  id: ref.id,
  path: await tools.path(ref),
  mediaType: ref.mediaType,
  fileName: ref.fileName,
  metadata: ref.metadata,
});

/** What the modules said of their files: the media type must be the same, the rest is told. */
function metadataFigures(legacy: ArtifactRef, graph: ArtifactRef): Figure[] {
  const text = (value: unknown) =>
    typeof value === 'number' || value === null ? value : String(JSON.stringify(value)).replace(/^"|"$/g, '');
  const keys = [...new Set([...Object.keys(legacy.metadata), ...Object.keys(graph.metadata)])]
    .filter((key) => !isCameraNote(key))
    .sort();
  const differing = keys.flatMap((key) => {
    const [left, right] = [text(legacy.metadata[key] ?? null), text(graph.metadata[key] ?? null)];
    const isNear =
      typeof left === 'number' &&
      typeof right === 'number' &&
      Math.abs(left - right) <= METADATA_SHARE * Math.abs(left);
    return isNear || left === right ? [] : [told({ key: `metadata:${key}`, label: `Metadata: ${key}` }, left, right)];
  });
  return [equal({ key: 'mediaType', label: 'Media type' }, legacy.mediaType, graph.mediaType), ...differing];
}

const mediaTypeSentence = (legacy: ArtifactRef, graph: ArtifactRef) =>
  `The legacy pipeline made ${legacy.mediaType}, the workflow ${graph.mediaType}.`;

export const words = (role: string): string =>
  role.replaceAll('_', ' ').replace('glb', '3D').replace('blend file', '.blend file');
