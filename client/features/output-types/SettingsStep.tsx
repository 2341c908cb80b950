import type { JsonSchema } from '@jsonforms/core';
import { useMemo, useState } from 'react';
import { type Tab, Tabs } from '../../components/Tabs.js';
import { groupsOf } from '../../forms/narrowForm.js';
import { optionsToStore } from '../../forms/optionsToStore.js';
import { SchemaForm } from '../../forms/SchemaForm.js';
import { readFragment } from '../../gql/index.js';
import { CallerGroups } from './CallerParams.js';
import { EffectiveParams } from './EffectiveParams.js';
import { LegacySettings } from './LegacySettings.js';
import { EffectiveParamFields } from './operations.js';
import type { Draft, Json, StepProps } from './profile.js';
import { useSettingFilter } from './useSettingFilter.js';

type ParamForm = NonNullable<Draft['overridable']>;
const propertiesOf = (form: ParamForm) => (form.schema as JsonSchema).properties ?? {};
const within = (values: Json, properties: object, isIn: boolean): Json =>
  Object.fromEntries(Object.entries(values).filter(([name]) => Object.hasOwn(properties, name) === isIn));

/** A form over those overrides that it has fields for. */
function Overrides({
  form,
  uiSchema,
  profile,
  draft,
  onChange,
}: StepProps & { form: ParamForm; uiSchema: unknown; draft: Draft }) {
  const overrides = (profile.overrides ?? {}) as Json;
  const defaults = form.defaults as Json;
  const properties = propertiesOf(form);
  return (
    <SchemaForm
      schema={form.schema as JsonSchema}
      uiSchema={uiSchema}
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

interface Forms {
  draft: Draft;
  overridable: ParamForm;
  nodeOverridable: ParamForm;
}

/** What the output type sets, by the nodes that take it. */
function OwnSettings({ overridable, nodeOverridable, ...props }: StepProps & Forms) {
  const used = Object.keys(props.profile.overrides ?? {});
  const { bar, key, narrowed, isOpen } = useSettingFilter(used, 'Only what is set');
  const [forAll, forOne] = useMemo(
    () => [overridable, nodeOverridable].map((form) => narrowed(form.uiSchema, propertiesOf(form))),
    [overridable, nodeOverridable, key],
  );
  const ofNodes = groupsOf(forOne).flatMap(({ names }) => names);
  const isEmpty = groupsOf(forAll).length + ofNodes.length === 0;
  return (
    <div className="settings-part">
      {bar}
      {isEmpty && <p className="muted">No setting fits.</p>}
      <Overrides key={`${props.profile.workflowId} ${key}`} {...props} form={overridable} uiSchema={forAll} />
      {ofNodes.length > 0 && (
        <details key={key} className="form-section" open={isOpen(ofNodes) || undefined}>
          <summary>For one node alone</summary>
          <Overrides key={props.profile.workflowId} {...props} form={nodeOverridable} uiSchema={forOne} />
        </details>
      )}
    </div>
  );
}

/** What callers may set, by the nodes that take it. */
function CallerSettings({ overridable, nodeOverridable, profile, onChange }: StepProps & Forms) {
  const callerParams = (profile.callerParams ?? {}) as Record<string, Json>;
  const filter = useSettingFilter(Object.keys(callerParams), 'Only what they may set');
  const change = (next: Record<string, Json>) => onChange({ callerParams: next });
  const [forAll, forOne] = [overridable, nodeOverridable].map((form) => ({
    properties: propertiesOf(form) as Record<string, Json>,
    groups: groupsOf(filter.narrowed(form.uiSchema, propertiesOf(form))),
  }));
  return (
    <div className="settings-part">
      <p className="field-help">What is ticked may be set in orders of this output type, within the bounds you give.</p>
      {filter.bar}
      {forAll!.groups.length + forOne!.groups.length === 0 && <p className="muted">No setting fits.</p>}
      <CallerGroups key={filter.key} {...forAll!} {...{ callerParams, filter }} onChange={change} />
      {forOne!.groups.length > 0 && (
        <details
          key={`one ${filter.key}`}
          className="form-section"
          open={filter.isOpen(forOne!.groups.flatMap(({ names }) => names)) || undefined}
        >
          <summary>For one node alone</summary>
          <CallerGroups {...forOne!} {...{ callerParams, filter }} onChange={change} />
        </details>
      )}
    </div>
  );
}

const countOf = (values: unknown) => Object.keys((values ?? {}) as Json).length;
const counted = (label: string, count: number) => (
  <>
    {label}
    {count > 0 && <span className="count">{count}</span>}
  </>
);

/** What the output type sets, what it leaves to callers, and what an order then runs with. */
export function SettingsStep(props: StepProps) {
  const { profile, draft } = props;
  const [tab, setTab] = useState('own');
  if (!draft) return null;
  const { overridable, nodeOverridable } = draft;
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
  const forms = { draft, overridable, nodeOverridable };
  const tabs: Tab[] = [
    {
      key: 'own',
      label: counted('What it sets', countOf(profile.overrides)),
      panel: () => <OwnSettings {...props} {...forms} />,
    },
    {
      key: 'callers',
      label: counted('What callers may set', countOf(profile.callerParams)),
      panel: () => <CallerSettings {...props} {...forms} />,
    },
    {
      key: 'legacy',
      label: counted('Legacy settings', countOf(profile.legacySettings)),
      panel: () => (
        <div className="settings-part">
          <p className="field-help">
            Render settings of the old world. The legacy pipeline and the workflow both take them; what the output type
            sets wins.
          </p>
          <LegacySettings {...props} />
        </div>
      ),
    },
    {
      key: 'result',
      label: 'What an order runs with',
      panel: () => (
        <div className="settings-part">
          <EffectiveParams params={readFragment(EffectiveParamFields, draft.effectiveParams)} />
        </div>
      ),
    },
  ];
  return <Tabs label="Settings" tabs={tabs} selected={tab} onSelect={setTab} />;
}
