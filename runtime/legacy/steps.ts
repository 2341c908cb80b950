import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { ArtifactRef } from '../../modules/artifacts.js';
import type { ModuleContext } from '../../modules/context.js';
import type { ModuleSpec, Ports, PortValues } from '../../modules/define.js';
import type { NodeParams } from '../../workflow/graph.js';
import { LEGACY_STEPS, type LegacyKind } from '../../workflow/legacy/invocation.js';

/** One step that the pipeline has done. */
export const LegacyStepRecord = z.object({
  step: z.string(),
  moduleKey: z.string(),
  /** Wall time; of a step taken over from an earlier attempt, what it took then is in that attempt's log. */
  durationMs: z.number().int().nonnegative(),
  /** Taken over from an earlier attempt that did not get to the end. */
  isKept: z.boolean(),
  /** Roles of the files it made. */
  artifactRoles: z.array(z.string()),
});
export type LegacyStepRecord = z.output<typeof LegacyStepRecord>;

/** Fields of the log lines that say where the pipeline is; the steps of a run are read from them. */
export const StepLogFields = z.object({
  legacyStep: z.string(),
  state: z.enum(['started', 'finished', 'failed']),
  durationMs: z.number().int().nonnegative().optional(),
  isKept: z.boolean().optional(),
});
export type StepLogFields = z.output<typeof StepLogFields>;

/** Rendering takes most of the time; the others are alike. */
const weightOf = (step: string) => (/^(blender_|export_blend)/.test(step) ? 20 : 1);

/** Calls modules one after the other in one context, and keeps a record of it. */
export class LegacySteps {
  readonly records: LegacyStepRecord[] = [];
  private readonly names: string[];
  private readonly total: number;

  constructor(
    private readonly ctx: ModuleContext,
    kind: LegacyKind,
    private readonly params: Record<string, NodeParams>,
  ) {
    this.names = Object.keys(LEGACY_STEPS[kind]);
    this.total = this.names.reduce((sum, step) => sum + weightOf(step), 0);
  }

  /** Runs the step's module, unless an earlier attempt left all that it yields.
   * @param step its name in LEGACY_STEPS. */
  async run<I extends Ports, O extends Ports, P extends z.ZodObject>(
    step: string,
    module: { readonly spec: ModuleSpec<I, O, P>; readonly key: string; readonly title: string },
    inputs: PortValues<I>,
  ): Promise<PortValues<O>> {
    this.ctx.signal.throwIfAborted();
    const startedAt = performance.now();
    const { spec, key: moduleKey, title } = module;
    this.say(title, { legacyStep: step, state: 'started' });
    try {
      const kept = spec.execution.determinism === 'pure' ? await this.kept(step, spec.outputs) : null;
      const params = spec.params.parse(this.params[step]) as z.output<P>;
      const outputs = (kept ?? (await spec.run(this.contextOf(step, title), inputs, params))) as PortValues<O>;
      const made = artifactsOf(outputs);
      if (!kept && spec.execution.determinism === 'pure') await this.keep(step, outputs);
      const durationMs = Math.round(performance.now() - startedAt);
      const isKept = kept !== null;
      const artifactRoles = [...new Set(made.map(({ role }) => role))];
      this.records.push({ step, moduleKey, durationMs, isKept, artifactRoles });
      this.say(`${title}: ${isKept ? 'kept from an earlier attempt' : `done in ${(durationMs / 1000).toFixed(1)} s`}`, {
        legacyStep: step,
        state: 'finished',
        durationMs,
        isKept,
      });
      return outputs;
    } catch (error) {
      const durationMs = Math.round(performance.now() - startedAt);
      this.say(`${title}: ${error instanceof Error ? error.message : 'failed'}`, {
        legacyStep: step,
        state: 'failed',
        durationMs,
      });
      throw error;
    }
  }

  private say(message: string, fields: StepLogFields): void {
    this.ctx.log(fields.state === 'failed' ? 'error' : 'info', message, { ...fields });
  }

  /** The pipeline's context as the step sees it: its share of the progress, checkpoints and a directory of its own. */
  private contextOf(step: string, title: string): ModuleContext {
    const { ctx } = this;
    const before = this.names.slice(0, this.names.indexOf(step)).reduce((sum, name) => sum + weightOf(name), 0);
    ctx.progress(before / this.total, title);
    return {
      artifacts: ctx.artifacts,
      signal: ctx.signal,
      idempotencyKey: ctx.idempotencyKey,
      checkpoints: {
        get: (name) => ctx.checkpoints.get(`${step}: ${name}`),
        put: (name, artifact) => ctx.checkpoints.put(`${step}: ${name}`, artifact),
      },
      log: (level, message, fields) => ctx.log(level, message, fields),
      progress: (fraction, message) =>
        ctx.progress((before + fraction * weightOf(step)) / this.total, message ? `${title}: ${message}` : title),
      get workdir() {
        const dir = path.join(ctx.workdir, step);
        mkdirSync(dir, { recursive: true });
        return dir;
      },
    };
  }

  private async keep(step: string, outputs: object): Promise<void> {
    for (const [port, value] of Object.entries(outputs))
      if (value && !Array.isArray(value)) await this.ctx.checkpoints.put(`${step}/${port}`, value as ArtifactRef);
  }

  /** What an earlier attempt of this run yielded; null where a required file of it is missing. */
  private async kept(step: string, ports: Ports): Promise<Record<string, ArtifactRef | ArtifactRef[]> | null> {
    const found: Record<string, ArtifactRef | ArtifactRef[]> = {};
    for (const [port, { required, many, kind }] of Object.entries(ports)) {
      if (kind !== 'artifact') return null;
      // Frames of a film: the film is what counts.
      if (many) {
        found[port] = [];
        continue;
      }
      const artifact = await this.ctx.checkpoints.get(`${step}/${port}`);
      if (artifact) found[port] = artifact;
      else if (required) return null;
    }
    return found;
  }
}

function artifactsOf(outputs: object): ArtifactRef[] {
  const values = Object.values(outputs).flat() as unknown[];
  return values.filter(
    (value): value is ArtifactRef =>
      typeof value === 'object' && value !== null && 'sha256' in value && 'role' in value,
  );
}
