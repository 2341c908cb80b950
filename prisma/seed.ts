import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { v5 as uuidv5 } from 'uuid';
import { z } from 'zod';
import type { CadFile, Prisma, Product, Workflow } from '../generated/prisma/client.js';
import { Material, MaterialRule } from '../modules/shapes/materials.js';
import { LibraryTemplate } from '../modules/shapes/renderTemplate.js';
import { importCadFile } from '../runtime/library/cadFiles.js';
import type { Platform } from '../runtime/platform.js';
import { canonicalGraph } from '../workflow/canonical.js';
import { STARTERS } from '../workflow/starters/index.js';

/** Rules have no natural key in the database: their id there comes from the one in the file. */
const SEED_NAMESPACE = '6f0c1d7e-9a57-4a33-8d8e-6a0e5b1c2d3f';

const CATEGORY = { key: 'bearings', label: 'Bearings' };
const PRICING_TIER = { key: 'standard', label: 'Standard', currency: 'EUR', unitPriceCents: 2900 };
const PRODUCT = { sku: '6205-2RS', name: 'Deep-groove ball bearing 6205-2RS' };
const STEP_FILE = new URL('../tests/fixtures/step/bearing-6205.step', import.meta.url);
const STEP_NAME = 'bearing-6205.step';

/** Few samples, for two cores: what grain they leave on studio-lit metal is removed. */
const STILL_1K = { resolution: { width: 1024, height: 1024 }, samples: 32, format: 'png' };
/** What customers may choose: nothing that would change what is sold. */
const CAMERA = { camera: {}, upAxis: {} };
const STILL = {
  workflow: 'order_still',
  artifactKind: 'still_image',
  callerParams: {
    ...CAMERA,
    template: {},
    samples: { description: 'More give less grain and take longer.', minimum: 1, maximum: 1024 },
    shadow: {},
    resolution: { properties: { width: { minimum: 64, maximum: 2048 }, height: { minimum: 64, maximum: 2048 } } },
  },
};
/** A picture as shops take it. */
const PICTURE = { mediaTypes: ['image/png'], widthPx: { max: 2048 }, heightPx: { max: 2048 }, maxBytes: 50_000_000 };
const OUTPUT_TYPES = [
  {
    ...STILL,
    key: 'still_1k_transparent',
    name: 'Still 1K, transparent',
    description: 'A cut-out for catalogue pages: 1024 × 1024 px, PNG.',
    overrides: { ...STILL_1K, transparent: true },
    contract: { ...PICTURE, transparent: true },
  },
  {
    ...STILL,
    key: 'still_1k_white',
    name: 'Still 1K, white',
    description: 'For shops and marketplaces: 1024 × 1024 px on white, PNG.',
    overrides: { ...STILL_1K, transparent: false, backgroundColor: '#ffffff' },
    contract: { ...PICTURE, transparent: false },
  },
  {
    workflow: 'order_turntable',
    artifactKind: 'turntable_video',
    key: 'turntable_360',
    name: 'Turntable 360°',
    description: 'The product once round in two seconds, on white: 720 × 720 px, MP4.',
    overrides: {
      resolution: { width: 720, height: 720 },
      samples: 24,
      animation: { frames: 48, fps: 24 },
      format: 'mp4',
      transparent: false,
      backgroundColor: '#ffffff',
    },
    contract: {
      mediaTypes: ['video/mp4', 'video/webm'],
      widthPx: { max: 1920 },
      heightPx: { max: 1920 },
      maxBytes: 200_000_000,
    },
    callerParams: {
      ...CAMERA,
      template: {},
      samples: { minimum: 1, maximum: 128 },
      resolution: { properties: { width: { minimum: 64, maximum: 1920 }, height: { minimum: 64, maximum: 1920 } } },
      animation: { properties: { frames: { minimum: 2, maximum: 360 }, fps: { minimum: 1, maximum: 60 } } },
      format: { enum: ['mp4', 'webm'] },
      transparent: {},
      backgroundColor: {},
      shadow: {},
      denoise: {},
    },
  },
  {
    workflow: 'order_blend',
    artifactKind: 'blend_file',
    key: 'production_blend',
    name: 'Production .blend',
    description: 'The product with its materials in the studio, packed, for artists who go on in Blender.',
    overrides: { contents: 'scene', packTextures: true },
    contract: { mediaTypes: ['application/x-blender'], maxBytes: 500_000_000 },
    callerParams: { template: {}, contents: {}, productCollection: {}, compress: {} },
  },
];

export interface Seeded {
  product: Product;
  /** Of the product; null when somebody removed it. */
  cadFileId: string | null;
  cadIntake: Workflow;
  /** Id of the first output type. */
  outputTypeId: string;
}

type SeedPlatform = Pick<Platform, 'db' | 'store'>;

/** Fills an empty installation: starter workflows, materials with rules, render templates, a category, a price, a product with a real STEP file, output types.
 * Adds what is missing and never touches what is there, so a second run changes nothing and a user's edits stay. */
export async function seed(platform: SeedPlatform): Promise<Seeded> {
  const { db } = platform;
  const [workflows, category, pricingTier] = await Promise.all([
    seedWorkflows(platform),
    db.category.upsert({ where: { key: CATEGORY.key }, create: CATEGORY, update: {} }),
    db.pricingTier.upsert({ where: { key: PRICING_TIER.key }, create: PRICING_TIER, update: {} }),
    seedMaterials(platform),
    seedTemplates(platform),
  ]);
  const outputTypes = [];
  for (const [sortOrder, { workflow, ...outputType }] of OUTPUT_TYPES.entries()) {
    const create = {
      ...outputType,
      sortOrder,
      family: 'order_line' as const,
      rollout: 'graph' as const,
      workflow: { connect: { id: workflows.get(workflow)!.id } },
      pricingTier: { connect: { id: pricingTier.id } },
      categories: { connect: { id: category.id } },
    };
    outputTypes.push(await db.outputType.upsert({ where: { key: outputType.key }, create, update: {} }));
  }
  const product =
    (await db.product.findUnique({ where: { sku: PRODUCT.sku } })) ??
    (await db.product.create({
      data: { ...PRODUCT, categoryId: category.id, cadFileId: (await seedCadFile(platform)).id },
    }));
  return {
    product,
    cadFileId: product.cadFileId,
    cadIntake: workflows.get('cad_intake')!,
    outputTypeId: outputTypes[0]!.id,
  };
}

async function readJson<S extends z.ZodType>(name: string, schema: S): Promise<z.output<S>> {
  return schema.parse(JSON.parse(await readFile(new URL(name, import.meta.url), 'utf8')));
}

/** Every starter, published as version 1. */
async function seedWorkflows({ db }: SeedPlatform): Promise<Map<string, Workflow>> {
  const workflows = new Map<string, Workflow>();
  for (const { key, name, description, family, graph } of STARTERS) {
    const stored = canonicalGraph(graph) as unknown as Prisma.InputJsonObject;
    const versions = { create: { number: 1, graph: stored, note: 'Starter' } };
    const create = { key, name, description, family, draft: stored, versions };
    workflows.set(key, await db.workflow.upsert({ where: { key }, create, update: {} }));
  }
  return workflows;
}

async function seedMaterials({ db }: SeedPlatform): Promise<void> {
  const [materials, rules] = await Promise.all([
    readJson('seed/materials.json', z.array(Material)),
    readJson('seed/materialRules.json', z.array(MaterialRule)),
  ]);
  await db.material.createMany({
    data: materials.map((spec) => ({ name: spec.name, label: spec.label, spec })),
    skipDuplicates: true,
  });
  const ids = new Map((await db.material.findMany({ select: { id: true, name: true } })).map((m) => [m.name, m.id]));
  await db.materialRule.createMany({
    data: rules
      .filter(({ material }) => ids.has(material))
      .map(({ id, priority, category, partNamePattern, cadColor, material }) => ({
        id: uuidv5(id, SEED_NAMESPACE),
        priority,
        categoryKey: category,
        partNamePattern,
        cadColor,
        materialId: ids.get(material)!,
      })),
    skipDuplicates: true,
  });
}

async function seedTemplates({ db }: SeedPlatform): Promise<void> {
  const templates = await readJson('seed/renderTemplates.json', z.array(LibraryTemplate));
  await db.renderTemplate.createMany({
    data: templates.map((spec) => {
      const { name, label, description, version } = spec;
      return { name, label, description, version, spec };
    }),
    skipDuplicates: true,
  });
}

async function seedCadFile(platform: SeedPlatform): Promise<CadFile> {
  const earlier = await platform.db.cadFile.findFirst({ where: { name: STEP_NAME } });
  return earlier ?? importCadFile(platform, { name: STEP_NAME, content: createReadStream(STEP_FILE) });
}
