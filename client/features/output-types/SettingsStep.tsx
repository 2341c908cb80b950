import type { JsonSchema } from '@jsonforms/core';
import { optionsToStore } from '../../forms/optionsToStore.js';
import { SchemaForm } from '../../forms/SchemaForm.js';
import { readFragment } from '../../gql/index.js';
import { CallerParams } from './CallerParams.js';
import { EffectiveParams } from './EffectiveParams.js';
import { LegacySettings } from './LegacySettings.js';
import { EffectiveParamFields } from './operations.js';
import type { Draft, Json, StepProps } from './profile.js';

type ParamForm = NonNullable<Draft['overridable']>;
const propertiesOf = (form: ParamForm) => ((form.schema as JsonSchema).properties ?? {}) as Record<string, Json>;
const within = (values: Json, properties: Json, isIn: boolean): Json =>
  Object.fromEntries(Object.entries(values).filter(([name]) => Object.hasOwn(properties, name) === isIn));

/** A form over those overrides that it has fields for. */
function Overrides({ form, profile, draft, onChange }: StepProps & { form: ParamForm; draft: Draft }) {
  const overrides = (profile.overrides ?? {}) as Json;
  const defaults = form.defaults as Json;
  const properties = propertiesOf(form);
  return (
    <SchemaForm
      key={profile.workflowId}
      schema={form.schema as JsonSchema}
      uiSchema={form.uiSchema}
      value={{ ...defaults, ...within(overrides, properties, true) }}
      defaults={defaults}
      messages={draft.overrides
        .filter(({ path }) => path.startsWith('/overrides/'))
        .map(({ path, message }) => ({ path: path.slice('/overrides'.length), message }))}
      onChange={(next) => {
        const data = within(next as Json, properties, true);
        onChange({ overrides: { ...within(overrides, properties, false), ...optionsToStore(data, defaults) } });
      }}
    />
  );
}

/** What the output type sets, what it leaves to callers, and what an order then runs with. */
export function SettingsStep(props: StepProps) {
  const { profile, draft, onChange } = props;
  if (!draft) return null;
  const { overridable, nodeOverridable } = draft;
  const callerParams = (profile.callerParams ?? {}) as Record<string, Json>;
  const ofNodes = nodeOverridable ? propertiesOf(nodeOverridable) : {};
  const hasNodes = Object.keys(ofNodes).length > 0;
  const isUsed = (values: unknown) => Object.keys(within((values ?? {}) as Json, ofNodes, true)).length > 0;
  const change = (next: Record<string, Json>) => onChange({ callerParams: next });
  if (!overridable || !nodeOverridable)
    return (
      <>
        <h3>Legacy settings</h3>
        <p className="field-help">
          Without a workflow the legacy pipeline makes it, with the render settings of the old world.
        </p>
        <LegacySettings {...props} />
      </>
    );
  return (
    <>
      <h3>What it sets</h3>
      <Overrides {...props} draft={draft} form={overridable} />
      {hasNodes && (
        <details className="form-section" open={isUsed(profile.overrides) || undefined}>
          <summary>For one node alone</summary>
          <Overrides {...props} draft={draft} form={nodeOverridable} />
        </details>
      )}
      <h3>What callers may set</h3>
      <CallerParams properties={propertiesOf(overridable)} callerParams={callerParams} onChange={change} />
      {hasNodes && (
        <details className="form-section" open={isUsed(callerParams) || undefined}>
          <summary>For one node alone</summary>
          <CallerParams properties={ofNodes} callerParams={callerParams} onChange={change} />
        </details>
      )}
      <details className="form-section" open={Object.keys(profile.legacySettings ?? {}).length > 0 || undefined}>
        <summary>Legacy settings</summary>
        <p className="field-help">
          Render settings of the old world. The legacy pipeline and the workflow both take them; what is set above wins.
        </p>
        <LegacySettings {...props} />
      </details>
      <h3>What an order runs with</h3>
      <EffectiveParams params={readFragment(EffectiveParamFields, draft.effectiveParams)} />
    </>
  );
}
