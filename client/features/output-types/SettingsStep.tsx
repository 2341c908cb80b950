import type { JsonSchema } from '@jsonforms/core';
import { optionsToStore } from '../../forms/optionsToStore.js';
import { SchemaForm } from '../../forms/SchemaForm.js';
import { readFragment } from '../../gql/index.js';
import { EffectiveParams } from './EffectiveParams.js';
import { EffectiveParamFields } from './operations.js';
import { boundsSchema, type Json, pruned, type StepProps } from './profile.js';

const SIDE_BY_SIDE = {
  type: 'HorizontalLayout',
  elements: ['minimum', 'maximum'].map((name) => ({ type: 'Control', scope: `#/properties/${name}` })),
};

/** One setting that callers may be given, with its bounds. */
function CallerParam({
  name,
  schema,
  bounds,
  onChange,
}: {
  name: string;
  schema: Json;
  /** Undefined: callers may not set it. */
  bounds: Json | undefined;
  onChange: (bounds: Json | undefined) => void;
}) {
  const title = typeof schema.title === 'string' ? schema.title : name;
  const form = boundsSchema(schema);
  const isGroup = schema.type === 'object';
  return (
    <li className="caller-param">
      <label>
        <input
          type="checkbox"
          checked={bounds !== undefined}
          onChange={(event) => onChange(event.target.checked ? {} : undefined)}
        />{' '}
        {title} <code className="muted">{name}</code>
      </label>
      {bounds && form && (
        <SchemaForm
          schema={form as JsonSchema}
          uiSchema={isGroup ? undefined : SIDE_BY_SIDE}
          value={bounds}
          onChange={(next) => onChange(pruned({ ...bounds, ...(next as Json) }) as Json)}
        />
      )}
    </li>
  );
}

/** What the output type sets, what it leaves to callers, and what an order then runs with. */
export function SettingsStep({ profile, draft, onChange }: StepProps) {
  const form = draft?.overridable;
  if (!form)
    return (
      <p className="muted">Without a workflow there is nothing to set here: its legacy settings hold the values.</p>
    );
  const overrides = (profile.overrides ?? {}) as Json;
  const callerParams = (profile.callerParams ?? {}) as Record<string, Json>;
  const defaults = form.defaults as Json;
  const properties = ((form.schema as JsonSchema).properties ?? {}) as Record<string, Json>;
  // Settings of a single node have no field of their own in the form.
  const others = Object.fromEntries(Object.entries(overrides).filter(([name]) => !Object.hasOwn(properties, name)));
  return (
    <>
      <h3>What it sets</h3>
      <SchemaForm
        key={profile.workflowId}
        schema={form.schema as JsonSchema}
        uiSchema={form.uiSchema}
        value={{ ...defaults, ...overrides }}
        defaults={defaults}
        messages={draft.overrides
          .filter(({ path }) => path.startsWith('/overrides/'))
          .map(({ path, message }) => ({ path: path.slice('/overrides'.length), message }))}
        onChange={(next) => {
          const { ...data } = next as Json;
          for (const name of Object.keys(others)) delete data[name];
          onChange({ overrides: { ...others, ...optionsToStore(data, defaults) } });
        }}
      />
      <h3>What callers may set</h3>
      <ul className="caller-params">
        {Object.entries(properties).map(([name, schema]) => (
          <CallerParam
            key={name}
            name={name}
            schema={schema}
            bounds={callerParams[name]}
            onChange={(bounds) => {
              const { [name]: _old, ...rest } = callerParams;
              onChange({ callerParams: bounds ? { ...rest, [name]: bounds } : rest });
            }}
          />
        ))}
      </ul>
      <h3>What an order runs with</h3>
      <EffectiveParams params={readFragment(EffectiveParamFields, draft.effectiveParams)} />
    </>
  );
}
