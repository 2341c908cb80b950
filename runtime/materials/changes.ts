import type { z } from 'zod';
import { ModuleError } from '../../modules/errors.js';
import { contentHash } from '../../modules/hash.js';
import type { JsonObject } from '../../modules/json.js';
import { ResolveMapParams } from '../../modules/materials/resolveMapParams.js';
import { resolveMaterials } from '../../modules/materials/resolveMaterials.js';
import { type Material, type MaterialLibrary, MaterialMap, MaterialProposal } from '../../modules/shapes/materials.js';
import { ObjectTree } from '../../modules/shapes/objectTree.js';
import { legacyParams } from '../../workflow/legacy/invocation.js';
import { type Latest, latest } from '../latest.js';
import { type LegacySettings, legacyPipeline } from '../legacy/pipeline.js';
import type { Platform } from '../platform.js';

/** What materials were decided from, and what they would be decided from today; files by content. */
export interface DecidedMaterials {
  moduleKey: string;
  /** Of the node; of a legacy run, what it was asked for. */
  params: JsonObject;
  objects: string;
  proposal: string | null;
  map: string;
  /** Of the product, as it is now. */
  category: string | null;
  assignments: Record<string, string>;
  /** Of the order line. */
  overrides: Record<string, string>;
}

/** Decisions and files that are kept in mind. */
const KNOWN_DECISIONS = 50_000;
const KNOWN_FILES = 200;

/** What became of decisions, so that a second look at the catalogue costs little. */
const decisions = new WeakMap<Platform['store'], Latest<string[]>>();

/** Decides the materials of parts once more, by the library as it is now. Whoever asks about many, asks about those of one object
 * tree one after the other. */
export class MaterialChanges {
  private readonly libraryHash: string;
  private readonly known: Latest<string[]>;
  private readonly files = latest<{ content: unknown }>(KNOWN_FILES);

  constructor(
    private readonly platform: Pick<Platform, 'store' | 'log'>,
    private readonly library: MaterialLibrary,
  ) {
    this.libraryHash = contentHash(library);
    this.known = decisions.get(platform.store) ?? latest(KNOWN_DECISIONS);
    decisions.set(platform.store, this.known);
  }

  /** What would look different, in sentences; empty: nothing would. */
  of(decided: DecidedMaterials): Promise<string[]> {
    const key = contentHash({ library: this.libraryHash, ...decided });
    return this.known.forceFetch(key, { context: () => this.decide(decided) });
  }

  private async decide(decided: DecidedMaterials): Promise<string[]> {
    const { objects, proposal, map, category, assignments, overrides } = decided;
    const [tree, before, proposed] = await Promise.all([
      this.read(objects, ObjectTree),
      this.read(map, MaterialMap),
      proposal === null ? null : this.read(proposal, MaterialProposal),
    ]);
    // Without the files there is nothing to decide again; the run that comes next makes them anew.
    if (!tree || !before || (proposal !== null && !proposed)) return [];
    try {
      const now = resolveMaterials({
        parts: tree.parts,
        library: this.library,
        product: { sku: '', name: '', category, materialAssignments: assignments },
        orderLine: { id: '', orderNumber: '', lineNumber: 1, materialOverrides: overrides },
        proposal: proposed,
        params: paramsOf(decided),
      });
      return differences(before, now);
    } catch (error) {
      if (!(error instanceof ModuleError)) throw error;
      return [`Its materials cannot be decided any more: ${error.message}`];
    }
  }

  /** Null: it is gone. */
  private async read<T>(sha256: string, schema: z.ZodType<T>): Promise<T | null> {
    const { store, log } = this.platform;
    const { content } = await this.files.forceFetch(sha256, {
      context: async () => {
        if ((await store.byteSize(sha256)) === null) {
          log.warn({ sha256 }, 'a file that materials were decided from is gone; whether they changed is not known');
          return { content: null };
        }
        return { content: schema.parse(JSON.parse((await store.read(sha256)).toString())) };
      },
    });
    return content as T | null;
  }
}

function paramsOf({ moduleKey, params }: DecidedMaterials): z.output<typeof ResolveMapParams> {
  if (moduleKey !== legacyPipeline.key) return ResolveMapParams.parse(params);
  const steps = legacyParams(params as unknown as LegacySettings & Parameters<typeof legacyParams>[0]).params;
  return ResolveMapParams.parse(steps.resolve_material_map);
}

type Assignment = MaterialMap['assignments'][number];

const MAX_PARTS = 3;

function differences(before: MaterialMap, now: MaterialMap): string[] {
  const earlier = new Map(before.assignments.map((one) => [one.partId, one]));
  const changed = new Set<string>();
  const others: string[] = [];
  for (const one of now.assignments) {
    const was = earlier.get(one.partId);
    if (!was || lookOf(was) === lookOf(one)) continue;
    if (one.material && was.material?.name === one.material.name) changed.add(one.material.label);
    else others.push(`${one.partName}: ${nameOf(one)} instead of ${nameOf(was)}`);
  }
  const labels = [...changed].sort();
  const more = others.length > MAX_PARTS ? ` and ${others.length - MAX_PARTS} more` : '';
  return [
    ...(labels.length > 0
      ? [`${labels.length === 1 ? 'A material' : 'Materials'} changed: ${labels.join(', ')}.`]
      : []),
    ...(others.length > 0 ? [`Other materials are chosen now. ${others.slice(0, MAX_PARTS).join('; ')}${more}.`] : []),
  ];
}

const nameOf = ({ material, source }: Assignment) =>
  material?.label ?? (source === 'cad_color' ? 'the CAD colour' : 'the default material');

const looks = new WeakMap<Material, string>();

/** What it looks like; another name for people changes no picture. */
function lookOf({ material, source }: Assignment): string {
  if (!material) return source === 'cad_color' ? 'cad_color' : 'default';
  const { label: _label, ...rest } = material;
  const look = looks.get(material) ?? contentHash(rest);
  looks.set(material, look);
  return look;
}
