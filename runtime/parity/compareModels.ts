import { atMost, equal, rounded, shareApart } from './figures.js';
import { type ModelFacts, readModelFacts } from './modelFacts.js';
import type { ModelLimits } from './policy.js';
import type { Figure, Findings } from './results.js';
import { differencesOf, reasonsOf } from './sentences.js';
import type { ComparedFile } from './tools.js';

/** Two 3D models: parts and their names, instances, bounding box, triangles, and the materials of every part. */
export async function compareModels(legacy: ComparedFile, graph: ComparedFile, limits: ModelLimits): Promise<Findings> {
  return judgeModels(await readModelFacts(legacy.path), await readModelFacts(graph.path), limits);
}

function judgeModels(legacy: ModelFacts, graph: ModelFacts, limits: ModelLimits): Findings {
  const names = ({ parts }: ModelFacts) => parts.map(({ name }) => name);
  const tree = ({ parts }: ModelFacts) => parts.flatMap(({ instances }) => instances);
  const looks = ({ parts }: ModelFacts) => parts.map(({ name, materials }) => `${name}: ${materials.join(', ')}`);
  const partDifferences = differencesOf(names(legacy), names(graph));
  const treeDifferences = differencesOf(tree(legacy), tree(graph));
  const lookDifferences = differencesOf(looks(legacy), looks(graph));
  const count = (list: string[]) => list.length;
  const figures = [
    sameAll({ key: 'parts', label: 'Parts' }, count(names(legacy)), count(names(graph)), partDifferences),
    sameAll(
      { key: 'structure', label: 'Instances and their places in the tree' },
      count(tree(legacy)),
      count(tree(graph)),
      treeDifferences,
    ),
    ...boxFigures(legacy.bboxMm, graph.bboxMm, limits),
    atMost(
      { key: 'triangles', label: 'Triangles', unit: 'share' },
      shareApart(legacy.triangleCount, graph.triangleCount),
      limits.maxTriangleShare,
      { legacy: legacy.triangleCount, graph: graph.triangleCount },
    ),
    sameAll(
      { key: 'materials', label: 'Materials by part' },
      count(looks(legacy)),
      count(looks(graph)),
      lookDifferences,
    ),
  ];
  return {
    figures,
    samples: [],
    reasons: reasonsOf(figures, {
      parts: () => `The parts differ: ${partDifferences.join('; ')}.`,
      // A missing part is missing from the tree as well: one sentence is enough.
      structure: () => (partDifferences.length > 0 ? '' : `The structure differs: ${treeDifferences.join('; ')}.`),
      box: boxSentence,
      triangles: ({ legacy: l, graph: g }) => `The legacy model has ${l} triangles, that of the workflow ${g}.`,
      materials: () => (partDifferences.length > 0 ? '' : `Materials differ: ${lookDifferences.join('; ')}.`),
    }),
  };
}

/** Numbers may agree where the things do not: five parts here and five others there. */
export function sameAll(
  named: { key: string; label: string },
  legacy: number,
  graph: number,
  differences: string[],
): Figure {
  const figure = equal(named, legacy, graph);
  return differences.length > 0 ? { ...figure, verdict: 'differs' } : figure;
}

interface Box {
  min: number[];
  max: number[];
}

const sizeText = ({ min, max }: Box) => max.map((value, axis) => rounded(value - min[axis]!, 3)).join(' × ');

/** Size and place of a bounding box: the corner that is furthest off, as a share of the diagonal. */
export function boxFigures(legacy: Box, graph: Box, limits: ModelLimits): Figure[] {
  const diagonal = Math.hypot(...legacy.max.map((value, axis) => value - legacy.min[axis]!));
  const apart = [...legacy.min, ...legacy.max].map((value, at) => Math.abs(value - [...graph.min, ...graph.max][at]!));
  const share = rounded(Math.max(...apart) / Math.max(diagonal, Number.EPSILON));
  const sides = { legacy: `${sizeText(legacy)} mm`, graph: `${sizeText(graph)} mm` };
  return [atMost({ key: 'box', label: 'Bounding box', unit: 'share' }, share, limits.maxSizeShare, sides)];
}

export const boxSentence = ({ legacy, graph }: Figure): string =>
  legacy === graph
    ? 'It is in another place.'
    : `The size differs: ${legacy} from the legacy pipeline, ${graph} from the workflow.`;
