import type { JsonSchema } from '@jsonforms/core';
import { SchemaForm } from '../../forms/SchemaForm.js';
import { boundsSchema, type Json, pruned } from './profile.js';

/** The least and the most beside each other. */
function sideBySide(form: Json | null) {
  const names = Object.keys((form?.properties ?? {}) as Json);
  if (names.length !== 2) return undefined;
  return {
    type: 'HorizontalLayout',
    elements: names.map((name) => ({ type: 'Control', scope: `#/properties/${name}` })),
  };
}

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
          uiSchema={sideBySide(form)}
          value={bounds}
          onChange={(next) => onChange(pruned({ ...bounds, ...(next as Json) }) as Json)}
        />
      )}
    </li>
  );
}

/** Settings to leave to callers, each with a box to tick and the bounds it is given. */
export function CallerParams({
  properties,
  callerParams,
  onChange,
}: {
  /** Schemas by name. */
  properties: Record<string, Json>;
  callerParams: Record<string, Json>;
  onChange: (callerParams: Record<string, Json>) => void;
}) {
  return (
    <ul className="caller-params">
      {Object.entries(properties).map(([name, schema]) => (
        <CallerParam
          key={name}
          name={name}
          schema={schema}
          bounds={callerParams[name]}
          onChange={(bounds) => {
            const { [name]: _old, ...rest } = callerParams;
            onChange(bounds ? { ...rest, [name]: bounds } : rest);
          }}
        />
      ))}
    </ul>
  );
}
