import type { JsonSchema } from '@jsonforms/core';
import type { SettingGroup } from '../../forms/narrowForm.js';
import { SchemaForm } from '../../forms/SchemaForm.js';
import { boundsLayout, boundsSchema, type Json, pruned } from './profile.js';

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
          uiSchema={boundsLayout(form)}
          value={bounds}
          onChange={(next) => onChange(pruned({ ...bounds, ...(next as Json) }) as Json)}
        />
      )}
    </li>
  );
}

/** Settings to leave to callers, group by group, each with a box to tick and the bounds it is given. */
export function CallerGroups({
  groups,
  properties,
  callerParams,
  filter,
  onChange,
}: {
  groups: readonly SettingGroup[];
  /** Schemas by name. */
  properties: Record<string, Json>;
  callerParams: Record<string, Json>;
  filter: { isOpen: (names: readonly string[]) => boolean };
  onChange: (callerParams: Record<string, Json>) => void;
}) {
  const set = (name: string, bounds: Json | undefined) => {
    const { [name]: _old, ...rest } = callerParams;
    onChange(bounds ? { ...rest, [name]: bounds } : rest);
  };
  return (
    <div className="form-stack">
      {groups.map(({ label, names }) => (
        <details key={label} className="form-section" open={filter.isOpen(names) || undefined}>
          <summary>{label}</summary>
          <ul className="caller-params">
            {names.map((name) => (
              <CallerParam
                key={name}
                name={name}
                schema={properties[name] ?? {}}
                bounds={callerParams[name]}
                onChange={(bounds) => set(name, bounds)}
              />
            ))}
          </ul>
        </details>
      ))}
    </div>
  );
}
