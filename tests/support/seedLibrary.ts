import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { Material } from '../../modules/shapes/materials.js';
import { StudioTemplate } from '../../modules/shapes/renderTemplate.js';

async function named<S extends z.ZodType<{ name: string }>>(file: string, schema: S, name: string) {
  const json = await readFile(new URL(`../../prisma/seed/${file}`, import.meta.url), 'utf8');
  const found = z
    .array(schema)
    .parse(JSON.parse(json))
    .find((one) => one.name === name);
  if (!found) throw new Error(`${file} has no "${name}".`);
  return found;
}

/** A material that every installation is seeded with. */
export const seededMaterial = (name: string) => named('materials.json', Material, name);

/** A studio that every installation is seeded with. */
export const seededStudio = (name: string) => named('renderTemplates.json', StudioTemplate, name);
