import {
  type GroupLayout,
  isLayout,
  type LabelElement,
  type Layout,
  type LayoutProps,
  or,
  rankWith,
  uiTypeIs,
} from '@jsonforms/core';
import { JsonFormsDispatch, withJsonFormsLabelProps, withJsonFormsLayoutProps } from '@jsonforms/react';
import { useId } from 'react';

function Elements({ uischema, schema, path, enabled, renderers, cells }: LayoutProps) {
  return (uischema as Layout).elements.map((element, index) => (
    <JsonFormsDispatch
      key={index}
      uischema={element}
      schema={schema}
      path={path}
      enabled={enabled}
      renderers={renderers}
      cells={cells}
    />
  ));
}

/** Under one another; also the fallback for layouts this form does not know. */
export const verticalLayout = {
  tester: rankWith(1, isLayout),
  renderer: withJsonFormsLayoutProps((props) =>
    props.visible ? (
      <div className="form-stack">
        <Elements {...props} />
      </div>
    ) : null,
  ),
};

export const horizontalLayout = {
  tester: rankWith(2, uiTypeIs('HorizontalLayout')),
  renderer: withJsonFormsLayoutProps((props) =>
    props.visible ? (
      <div className="form-row">
        <Elements {...props} />
      </div>
    ) : null,
  ),
};

/** A part of the form under a heading; with `options.collapsed` it can be folded, and starts so where that is true. */
export const groupLayout = {
  tester: rankWith(2, or(uiTypeIs('Group'), uiTypeIs('Category'))),
  renderer: withJsonFormsLayoutProps((props) => {
    const headingId = useId();
    if (!props.visible) return null;
    const group = props.uischema as GroupLayout;
    if (typeof group.options?.collapsed === 'boolean')
      return (
        <details className="form-section" open={!group.options.collapsed}>
          <summary>{group.label}</summary>
          <div className="form-stack">
            <Elements {...props} />
          </div>
        </details>
      );
    return (
      <section className="form-section" aria-labelledby={headingId}>
        <h3 id={headingId}>{group.label}</h3>
        <div className="form-stack">
          <Elements {...props} />
        </div>
      </section>
    );
  }),
};

export const labelElement = {
  tester: rankWith(1, uiTypeIs('Label')),
  renderer: withJsonFormsLabelProps(({ text, visible, uischema }) =>
    visible ? <p className="field-help">{text ?? (uischema as LabelElement).text}</p> : null,
  ),
};
