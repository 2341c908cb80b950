import { GraphQLError } from 'graphql';
import type { PrismaClient } from '../../generated/prisma/client.js';
import { builder } from '../builder.js';
import { atMost, MOST } from '../listBounds.js';

interface LookupOption {
  value: string;
  label: string;
  description: string | null;
}

/** The lists that a param may choose from, by the name in its `x-lookup`. A new list is one entry here. */
const LOOKUPS: Record<string, (db: PrismaClient) => Promise<LookupOption[]>> = {
  materials: async (db) => {
    const materials = await db.material.findMany({
      where: { archivedAt: null },
      orderBy: [{ label: 'asc' }, { id: 'asc' }],
      take: MOST.choices,
      select: { name: true, label: true },
    });
    return materials.map(({ name, label }) => ({ value: name, label, description: null }));
  },
  renderTemplates: async (db) => {
    const templates = await db.renderTemplate.findMany({
      where: { archivedAt: null },
      orderBy: [{ label: 'asc' }, { id: 'asc' }],
      take: MOST.choices,
    });
    return templates.map(({ name, label, description }) => ({ value: name, label, description: description || null }));
  },
  environmentImages: async (db) => {
    const images = await db.environmentImage.findMany({
      where: { archivedAt: null },
      orderBy: { name: 'asc' },
      take: MOST.choices,
      select: { name: true, artifact: { select: { metadata: true } } },
    });
    return images.map(({ name, artifact }) => {
      const { widthPx, heightPx } = artifact.metadata as { widthPx: number; heightPx: number };
      return { value: name, label: name, description: `${widthPx} × ${heightPx} pixels` };
    });
  },
  categories: async (db) => {
    const categories = await db.category.findMany({
      where: { archivedAt: null },
      orderBy: [{ label: 'asc' }, { id: 'asc' }],
      take: MOST.choices,
    });
    return categories.map(({ key, label }) => ({ value: key, label, description: null }));
  },
};

const LookupOptionObject = builder.objectRef<LookupOption>('LookupOption').implement({
  description: 'One entry of a list that a param with `x-lookup` chooses from.',
  fields: (t) => ({
    value: t.exposeString('value', { description: 'What the param stores.' }),
    label: t.exposeString('label', { description: 'Name for people.' }),
    description: t.exposeString('description', { nullable: true, description: 'A second line, or null.' }),
  }),
});

builder.queryField('lookup', (t) =>
  t.field({
    authScopes: { $any: { view: true, order: true } },
    type: [LookupOptionObject],
    description: `The list that a param chooses from, sorted by label; ${atMost('choices')}.`,
    args: {
      name: t.arg.string({
        required: true,
        description: `Value of \`x-lookup\` in the param schema: ${Object.keys(LOOKUPS).join(', ')}.`,
      }),
    },
    resolve: (_root, { name }, ctx) => {
      if (!Object.hasOwn(LOOKUPS, name))
        throw new GraphQLError(`There is no list "${name}". There are: ${Object.keys(LOOKUPS).join(', ')}.`, {
          extensions: { code: 'UNKNOWN_LOOKUP' },
        });
      return LOOKUPS[name]!(ctx.db);
    },
  }),
);
