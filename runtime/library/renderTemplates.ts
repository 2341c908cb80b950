import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import type { z } from 'zod';
import type { RenderTemplate as TemplateRow } from '../../generated/prisma/client.js';
import { Prisma } from '../../generated/prisma/client.js';
import { ModuleError } from '../../modules/errors.js';
import type { JsonObject } from '../../modules/json.js';
import { checkTemplateFile, type DeclaredInterface, type TemplateReport } from '../../modules/render/templateFile.js';
import {
  BlendDeclaration,
  BlendSetup,
  BlendTemplate,
  LibraryTemplate,
  StudioSetup,
} from '../../modules/shapes/renderTemplate.js';
import { ConflictError, type FieldIssue, NotFoundError, ValidationError } from '../errors.js';
import { oneAtATime } from '../oneAtATime.js';
import type { Platform } from '../platform.js';
import { localArtifact } from '../runs/moduleArtifacts.js';
import { artifactRef } from '../runs/snapshots.js';
import { type ReceivedFile, withReceivedFile } from './receivedFile.js';

type Stores = Pick<Platform, 'db' | 'store' | 'log'>;

/** Largest .blend file of a template. */
const MAX_TEMPLATE_FILE_BYTES = 512 * 1024 * 1024;

export interface TemplateNames {
  /** Stable: nodes and output types name it so. */
  name: string;
  label: string;
  description?: string | null;
}

/** Adds a parametric studio.
 * @throws ValidationError with a path under `/setup` for every value that does not fit; ConflictError `TEMPLATE_NAME_TAKEN`. */
export async function createStudioTemplate(
  { db }: Pick<Platform, 'db'>,
  names: TemplateNames,
  setup: unknown,
): Promise<TemplateRow> {
  const columns = checkNames(names);
  const spec = { kind: 'studio', ...(await parseStudio(db, setup)) };
  return insert(db, columns, spec);
}

/** Checks a .blend file with Blender and adds it as a template. Nothing is kept of a file that is refused.
 * @throws ValidationError `TEMPLATE_REFUSED` with everything that is wrong with the file, `FILE_EMPTY`, `FILE_TOO_LARGE`,
 * `TEMPLATE_NOT_BLEND`, `TEMPLATE_UNREADABLE`, or `BLENDER_MISSING` where this server has no Blender; ConflictError `TEMPLATE_NAME_TAKEN`. */
export async function uploadBlendTemplate(
  platform: Stores,
  names: TemplateNames,
  declaration: unknown,
  received: ReceivedFile,
): Promise<TemplateRow> {
  const columns = checkNames(names);
  const declared = parseSetup(BlendDeclaration, declaration);
  if (await platform.db.renderTemplate.findUnique({ where: { name: columns.name } })) throw nameTaken(columns.name);
  return withReceivedFile(received, MAX_TEMPLATE_FILE_BYTES, async ({ path: local, workdir }) => {
    const { camera, stand, backdrop, rig, materials, referenceSizeM } = declared.interface;
    const asked: DeclaredInterface = { camera, stand, backdrop, rig, materials };
    const report = await check(platform, workdir, local, asked, declared.turntable.turns);
    const setup = BlendSetup.parse({ ...declared, interface: { ...report.interface, referenceSizeM } });
    const stored = await platform.store.putFile(local);
    const artifact = await platform.db.artifact.create({
      data: {
        id: uuidv7(),
        role: 'template_scene',
        mediaType: 'application/x-blender',
        fileName: `${columns.name}.blend`,
        metadata: { fileVersion: report.fileVersion },
        ...stored,
      },
    });
    return insert(platform.db, columns, { kind: 'blend', scene: artifactRef(artifact), ...setup });
  });
}

/** Changes a template; its setup as a whole, where one is given. A changed interface is checked against the file again.
 * @param version the version that the change is based on.
 * @throws ConflictError when somebody else was quicker; ValidationError; NotFoundError. */
export async function updateRenderTemplate(
  platform: Stores,
  id: string,
  version: number,
  changes: { label?: string | null; description?: string | null; setup?: unknown },
): Promise<TemplateRow> {
  const row = await find(platform, id, version);
  const { label, description } = checkNames({
    name: row.name,
    label: changes.label ?? row.label,
    description: changes.description ?? row.description,
  });
  const spec = changes.setup == null ? (row.spec as JsonObject) : await changedSpec(platform, row, changes.setup);
  return write(platform, id, version, { label, description, spec: spec as Prisma.InputJsonObject });
}

/** Takes a template out of the lists, or brings it back. Whatever names it still finds it. */
export async function archiveRenderTemplate(
  platform: Pick<Platform, 'db'>,
  id: string,
  version: number,
  isArchived: boolean,
): Promise<TemplateRow> {
  await find(platform, id, version);
  return write(platform, id, version, { archivedAt: isArchived ? new Date() : null });
}

/** The template with its defaults, whenever it was stored. */
export function templateOf({ spec, name, label, description, version }: TemplateRow): LibraryTemplate {
  return LibraryTemplate.parse({ ...(spec as JsonObject), name, label, description, version });
}

async function changedSpec(platform: Stores, row: TemplateRow, given: unknown): Promise<object> {
  const template = templateOf(row);
  if (template.kind === 'studio') return { kind: 'studio', ...(await parseStudio(platform.db, given)) };
  const setup = parseSetup(BlendSetup, given);
  const dir = await mkdtemp(path.join(tmpdir(), 'hartomat-template-'));
  try {
    const { referenceSizeM: _size, ...asked } = setup.interface;
    const scene = await localArtifact(platform.store, template.scene, dir);
    await check(platform, dir, scene, asked, setup.turntable.turns);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
  return { kind: 'blend', scene: BlendTemplate.shape.scene.parse(template.scene), ...setup };
}

function check(
  platform: Stores,
  dir: string,
  file: string,
  declared: DeclaredInterface,
  turns: 'product' | 'rig',
): Promise<TemplateReport> {
  return oneAtATime(async () => {
    const workdir = path.join(dir, 'check');
    await mkdir(workdir);
    const ctx = {
      workdir,
      signal: AbortSignal.timeout(120_000),
      progress: () => {},
      log: (_level: string, message: string) => platform.log.info({ template: file }, message),
    };
    try {
      const report = await checkTemplateFile(ctx, file, declared, turns);
      if (report.findings.length === 0) return report;
      const [first, ...others] = report.findings;
      const more = others.length > 0 ? ` (and ${others.length} more)` : '';
      throw new ValidationError(
        `The file cannot be a render template: ${first!.message}${more}`,
        report.findings.map((finding) => ({ path: finding.path, message: finding.message })),
        [],
        'TEMPLATE_REFUSED',
      );
    } catch (error) {
      if (!(error instanceof ModuleError)) throw error;
      throw new ValidationError(error.message, [{ path: '/file', message: error.message }], [], error.code);
    }
  });
}

function checkNames({ name, label, description }: TemplateNames): Required<{ [K in keyof TemplateNames]: string }> {
  const issues: FieldIssue[] = [];
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(name))
    issues.push({ path: '/name', message: 'Use lower-case letters, digits and underscores, a letter first.' });
  if (label.trim().length < 1 || label.trim().length > 100)
    issues.push({ path: '/label', message: 'Give a name of 1 to 100 characters.' });
  if ((description ?? '').length > 1000)
    issues.push({ path: '/description', message: 'Describe it in at most 1000 characters.' });
  if (issues.length > 0) throw new ValidationError('The template was not saved.', issues);
  return { name, label: label.trim(), description: (description ?? '').trim() };
}

/** A parametric setup whose environment is in the library. */
async function parseStudio(db: Platform['db'], given: unknown): Promise<StudioSetup> {
  const setup = parseSetup(StudioSetup, given);
  const name = setup.environment?.image;
  if (name === undefined || (await db.environmentImage.findUnique({ where: { name } }))) return setup;
  throw misfit([{ path: '/setup/environment/image', message: `The library has no environment image “${name}”.` }]);
}

function parseSetup<S extends z.ZodObject>(schema: S, given: unknown): z.output<S> {
  const parsed = schema.strict().safeParse(given);
  if (parsed.success) return parsed.data as z.output<S>;
  throw misfit(
    parsed.error.issues.map(({ path: at, message }) => ({
      path: `/setup${at.map((key) => `/${String(key)}`).join('')}`,
      message,
    })),
  );
}

const misfit = (issues: FieldIssue[]) => new ValidationError('The settings of the template do not fit.', issues);

async function insert(
  db: Platform['db'],
  columns: { name: string; label: string; description: string },
  spec: object,
): Promise<TemplateRow> {
  try {
    return await db.renderTemplate.create({ data: { ...columns, spec: spec as Prisma.InputJsonObject } });
  } catch (error) {
    if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002') throw nameTaken(columns.name);
    throw error;
  }
}

const nameTaken = (name: string) =>
  new ConflictError(`There is a render template with the name "${name}" already.`, 'TEMPLATE_NAME_TAKEN');

async function find({ db }: Pick<Platform, 'db'>, id: string, version: number): Promise<TemplateRow> {
  const row = await db.renderTemplate.findUnique({ where: { id } });
  if (!row) throw new NotFoundError('render template', id);
  if (row.version !== version) throw movedOn(row);
  return row;
}

async function write(
  { db }: Pick<Platform, 'db'>,
  id: string,
  version: number,
  data: Prisma.RenderTemplateUpdateInput,
): Promise<TemplateRow> {
  const { count } = await db.renderTemplate.updateMany({
    where: { id, version },
    data: { ...data, version: version + 1 },
  });
  const row = await db.renderTemplate.findUniqueOrThrow({ where: { id } });
  if (count === 0) throw movedOn(row);
  return row;
}

const movedOn = ({ label }: TemplateRow) =>
  new ConflictError(`Somebody else has changed “${label}” in the meantime. Load it again.`, 'TEMPLATE_CHANGED');
