import '../../app/tokens.css';
import '../../app/base.css';
import '../../components/components.css';
import './harness.css';
import type { JsonSchema } from '@jsonforms/core';
import { useState } from 'react';
import { createRoot } from 'react-dom/client';
import { Provider } from 'urql';
import { createApi } from '../../app/api.js';
import { SchemaForm } from '../SchemaForm.js';

/** A page with one form, for tests in a browser: the form of `form.json`, and what it holds as JSON beside it. */
function Harness({ schema, defaults }: { schema: JsonSchema; defaults: unknown }) {
  const [value, setValue] = useState(defaults);
  return (
    <div className="harness">
      <section aria-label="Settings">
        <h1>Settings</h1>
        <SchemaForm schema={schema} value={value} defaults={defaults} onChange={setValue} />
      </section>
      <section aria-label="Value">
        <button type="button" className="button button-plain" onClick={() => setValue(defaults)}>
          Back to the defaults
        </button>
        <pre id="value">{JSON.stringify(value, null, 1)}</pre>
      </section>
    </div>
  );
}

const form = (await fetch('./form.json').then((response) => response.json())) as {
  schema: JsonSchema;
  defaults: unknown;
};
createRoot(document.getElementById('root')!).render(
  <Provider value={createApi()}>
    <Harness {...form} />
  </Provider>,
);
