import { readFile } from 'node:fs/promises';
import { ModuleError } from '../../modules/errors.js';
import { MaterialMap } from '../../modules/shapes/materials.js';
import { Bbox } from '../../modules/shapes/objectTree.js';
import { boxFigures, boxSentence, sameAll } from './compareModels.js';
import type { ModelLimits } from './policy.js';
import type { Findings } from './results.js';
import { differencesOf, reasonsOf } from './sentences.js';
import type { ComparedFile } from './tools.js';

/** Two measured boxes. */
export async function compareBoxes(legacy: ComparedFile, graph: ComparedFile, limits: ModelLimits): Promise<Findings> {
  const [left, right] = [Bbox.parse(await readJson(legacy)), Bbox.parse(await readJson(graph))];
  const figures = boxFigures(left.bboxMm, right.bboxMm, limits);
  return { figures, samples: [], reasons: reasonsOf(figures, { box: boxSentence }) };
}

/** Two material maps: which part has which material, and how that looks; not who decided it. */
export async function compareMaterialMaps(legacy: ComparedFile, graph: ComparedFile): Promise<Findings> {
  const [left, right] = [MaterialMap.parse(await readJson(legacy)), MaterialMap.parse(await readJson(graph))];
  const looks = ({ assignments }: MaterialMap) =>
    assignments.map(
      ({ partName, material, source }) =>
        `${partName}: ${material ? `${material.label} (${JSON.stringify(material)})` : source === 'cad_color' ? 'its CAD colour' : 'the default material'}`,
    );
  const differences = differencesOf(looks(left), looks(right));
  const figures = [
    sameAll(
      { key: 'materials', label: 'Materials by part' },
      left.assignments.length,
      right.assignments.length,
      differences,
    ),
  ];
  // The values of a material are for the comparison, not for people.
  const short = differences.map((text) => text.replace(/ \(\{.*?\}\)(?=")/g, ''));
  return {
    figures,
    samples: [],
    reasons: reasonsOf(figures, { materials: () => `Materials differ: ${short.join('; ')}.` }),
  };
}

async function readJson({ path, fileName }: ComparedFile): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ModuleError('ARTIFACT_UNREADABLE', `"${fileName}" is not valid JSON.`);
  }
}
