import leven from 'leven';
import { z } from 'zod';
import { unfitArtifact } from '../artifacts.js';
import { artifactPort, defineModule } from '../define.js';
import { ModuleError } from '../errors.js';
import { mapInTurns } from '../mapInTurns.js';
import { EnvironmentOverride } from '../shapes/environment.js';
import { LibraryTemplate, type RenderTemplate, TemplateLibrary } from '../shapes/renderTemplate.js';

/** The template every installation is seeded with. */
export const DEFAULT_TEMPLATE = 'studio_soft';

/** Its templates are looked at one by one. */
const Library = TemplateLibrary.extend({ templates: z.array(z.unknown()) });

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
    // No default: the results of those who do not know it are found again.
    environment: EnvironmentOverride.optional().meta({
      title: 'Environment',
      description:
        'A picture of the surroundings instead of those of the template; whatever is left empty comes from there.',
      'x-invocation': true,
    }),
  }),
  execution: { capability: 'cpu', determinism: 'pure', timeoutMs: 30_000, retry: { attempts: 2, backoffMs: 1000 } },
  legacySource: 'template_resolution',
  async run(ctx, { templateLibrary }, { template: name, environment = {} }) {
    const library = await ctx.artifacts.readJson(templateLibrary, Library);
    const templates = await mapInTurns(ctx, 'Template', library.templates, (one) => {
      const parsed = LibraryTemplate.safeParse(one);
      if (parsed.success) return parsed.data;
      throw unfitArtifact(templateLibrary, parsed.error);
    });
    const known = templates.map((candidate) => candidate.name);
    const entry = templates.find((candidate) => candidate.name === name);
    if (!entry)
      throw new ModuleError('TEMPLATE_UNKNOWN', unknown('render template', name, known), 'input', {
        path: '/template',
        known,
      });
    const template = withEnvironment(entry, library, environment, (message) => ctx.log('warn', message));
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

/** The template with the picture itself where it, or what is set over it, names one. */
function withEnvironment(
  entry: LibraryTemplate,
  library: Pick<TemplateLibrary, 'environments'>,
  override: EnvironmentOverride,
  warn: (message: string) => void,
): RenderTemplate {
  const { environment: own, ...template } = { environment: undefined, ...entry };
  const { isRequired = true, ...over } = override;
  const { image, ...look } = { strength: 1, rotationDeg: 0, lightingOnly: true, ...own, ...over };
  if (image === undefined) return template;
  const picture = library.environments.find(({ name }) => name === image);
  if (picture) return { ...template, environment: { ...look, image: picture.file } };
  const known = library.environments.map(({ name }) => name);
  const message = unknown('environment image', image, known);
  if (isRequired) throw new ModuleError('ENVIRONMENT_UNKNOWN', message, 'input', { path: '/environment/image', known });
  warn(`${message} The light of the template stays.`);
  return withEnvironment(entry, library, {}, warn);
}

function unknown(what: string, name: string, known: string[]): string {
  if (known.length === 0) return `There is no ${what} "${name}": the library has none at all.`;
  const nearest = known.reduce((best, other) => (leven(name, other) < leven(name, best) ? other : best));
  return `There is no ${what} "${name}". Did you mean "${nearest}"?`;
}
