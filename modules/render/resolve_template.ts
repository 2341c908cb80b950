import leven from 'leven';
import { z } from 'zod';
import { artifactPort, defineModule } from '../define.js';
import { ModuleError } from '../errors.js';
import { TemplateLibrary } from '../shapes/renderTemplate.js';

/** The template every installation is seeded with. */
export const DEFAULT_TEMPLATE = 'studio_soft';

/** Picks the studio set-up a picture is taken in. */
export const resolveTemplate = defineModule({
  key: 'render.resolve_template',
  version: 1,
  title: 'Resolve render template',
  description: 'Picks the studio the product is shown in: camera, lights, surroundings and colour management.',
  families: ['order_line'],
  inputs: {
    templateLibrary: artifactPort('template_library', 'application/json', {
      description: 'The render templates as they were at dispatch.',
      entry: 'templateLibrary',
    }),
  },
  outputs: {
    template: artifactPort('render_template', 'application/json', { description: 'The chosen template.' }),
  },
  params: z.object({
    template: z.string().min(1).max(200).default(DEFAULT_TEMPLATE).meta({
      title: 'Template',
      description: 'The studio set-up to use.',
      'x-lookup': 'renderTemplates',
      'x-invocation': true,
    }),
  }),
  execution: { capability: 'cpu', determinism: 'pure', timeoutMs: 30_000, retry: { attempts: 2, backoffMs: 1000 } },
  legacySource: 'template_resolution',
  async run(ctx, { templateLibrary }, { template: name }) {
    const { templates } = await ctx.artifacts.readJson(templateLibrary, TemplateLibrary);
    const template = templates.find((candidate) => candidate.name === name);
    if (!template) {
      const known = templates.map((candidate) => candidate.name);
      throw new ModuleError('TEMPLATE_UNKNOWN', unknown(name, known), 'input', { path: '/template', known });
    }
    const artifact = await ctx.artifacts.write({
      role: 'render_template',
      mediaType: 'application/json',
      fileName: 'render-template.json',
      metadata: { name: template.name, label: template.label, version: template.version },
      from: { text: JSON.stringify(template) },
    });
    return { template: artifact };
  },
});

function unknown(name: string, known: string[]): string {
  if (known.length === 0) return `There is no render template "${name}": the library has none at all.`;
  const nearest = known.reduce((best, other) => (leven(name, other) < leven(name, best) ? other : best));
  return `There is no render template "${name}". Did you mean "${nearest}"?`;
}
