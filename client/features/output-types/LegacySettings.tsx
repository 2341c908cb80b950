import type { JsonSchema } from '@jsonforms/core';
import { useState } from 'react';
import { Button, IconButton } from '../../components/Button.js';
import { sameJson } from '../../components/sameJson.js';
import { SchemaForm } from '../../forms/SchemaForm.js';
import { LegacyReport } from './LegacyReport.js';
import type { Json, StepProps } from './profile.js';

/** `64`, `true` and `[1]` as what they are in JSON, everything else as text. */
function readTyped(typed: string): unknown {
  try {
    return JSON.parse(typed);
  } catch {
    return typed;
  }
}

/** Render settings of the old world: a field for each old word that fits, every key with what becomes of it, and room for any other. */
export function LegacySettings({ profile, draft, onChange }: StepProps) {
  const [name, setName] = useState('');
  const [value, setValue] = useState('');
  const bag = (profile.legacySettings ?? {}) as Json;
  const form = draft?.legacyForm;
  if (!draft) return null;
  if (!form) return <p className="muted">The legacy pipeline does not make what the customer receives here.</p>;
  const defaults = form.defaults as Json;
  const properties = (form.schema as JsonSchema).properties ?? {};
  const change = (legacySettings: Json) => onChange({ legacySettings });
  const others = Object.fromEntries(Object.entries(bag).filter(([key]) => !Object.hasOwn(properties, key)));
  const shown = Object.fromEntries(Object.entries(bag).filter(([key]) => Object.hasOwn(properties, key)));
  const add = () => {
    change({ ...bag, [name.trim()]: readTyped(value) });
    setName('');
    setValue('');
  };
  return (
    <>
      <SchemaForm
        key={Object.keys(properties).join()}
        schema={form.schema as JsonSchema}
        uiSchema={form.uiSchema}
        value={{ ...defaults, ...shown }}
        defaults={defaults}
        messages={draft.overrides
          .filter(({ path }) => path.startsWith('/legacySettings/'))
          .map(({ path, message }) => ({ path: path.slice('/legacySettings'.length), message }))}
        onChange={(next) => {
          const set = Object.entries(next as Json).filter(
            ([key, each]) => each !== undefined && (Object.hasOwn(bag, key) || !sameJson(each, defaults[key])),
          );
          change({ ...others, ...Object.fromEntries(set) });
        }}
      />
      {draft.legacyPreview.report.length > 0 && (
        <section className="form-section" aria-labelledby="legacy-report">
          <h3 id="legacy-report">What becomes of each</h3>
          <LegacyReport
            report={draft.legacyPreview.report}
            showsValue={(key) => JSON.stringify(bag[key])}
            showsAction={(key) => (
              <IconButton
                icon="close"
                label={`Remove ${key}`}
                onClick={() => {
                  const { [key]: _gone, ...rest } = bag;
                  change(rest);
                }}
              />
            )}
          />
        </section>
      )}
      <form
        className="legacy-other"
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <input
          className="control mono"
          aria-label="Name of another old setting"
          placeholder="Another setting"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <input
          className="control mono"
          aria-label="Its value"
          placeholder="Value, as it was"
          value={value}
          onChange={(event) => setValue(event.target.value)}
        />
        <Button type="submit" icon="plus" look="quiet" disabled={!name.trim()}>
          Add
        </Button>
      </form>
    </>
  );
}
