import { Generate, isObjectControl, type LayoutProps, rankWith } from '@jsonforms/core';
import { JsonFormsDispatch, withJsonFormsControlProps } from '@jsonforms/react';
import { useMemo } from 'react';
import { fieldFacts } from './control.js';

/** A nested object: its fields in a frame under its name. */
export const groupField = {
  tester: rankWith(2, isObjectControl),
  renderer: withJsonFormsControlProps((control) => {
    const { schema, path, visible, enabled, renderers, cells, uischema } = control;
    const { label, help } = fieldFacts(control);
    const detail = useMemo(
      () => (uischema.options?.detail as LayoutProps['uischema']) ?? Generate.uiSchema(schema, 'VerticalLayout'),
      [schema, uischema],
    );
    if (!visible) return null;
    return (
      <fieldset className="form-group" data-path={path}>
        <legend className="field-label">{label}</legend>
        {help && <p className="field-help">{help}</p>}
        <JsonFormsDispatch
          schema={schema}
          uischema={detail}
          path={path}
          enabled={enabled}
          renderers={renderers}
          cells={cells}
        />
      </fieldset>
    );
  }),
};
