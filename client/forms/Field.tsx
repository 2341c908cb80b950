import type { ControlProps } from '@jsonforms/core';
import type { ReactNode } from 'react';
import { IconButton } from '../components/Button.js';
import { titleOf } from './choices.js';
import { fieldFacts, shortValue } from './control.js';

/** What a control must put on its input so that label, help and error belong to it. */
export interface InputProps {
  id: string;
  disabled: boolean;
  'aria-describedby'?: string;
  'aria-invalid'?: true;
}

/** The frame round every control: label, mark of a changed value with the way back, the input, help, and the error.
 * `options.isInner` in the UI schema hides the label: what stands around it shows it already. */
export function Field({
  control,
  children,
  isGroup = false,
  isInline = false,
  note,
}: {
  control: ControlProps;
  children: (input: InputProps) => ReactNode;
  /** Several inputs under one name: a fieldset instead of a label. */
  isGroup?: boolean;
  /** The input stands in the line of the label. */
  isInline?: boolean;
  /** A second line of help, about the value that is chosen. */
  note?: string;
}) {
  const { id, errors, visible, enabled, path, handleChange } = control;
  const { label, help, isChanged: isMarked, defaultValue } = fieldFacts(control);
  const isInner = control.uischema.options?.isInner === true;
  const isChanged = isMarked && !isInner;
  if (!visible) return null;
  const noteId = `${id}-note`;
  const hasNote = Boolean(errors || help);
  const input: InputProps = {
    id,
    disabled: !enabled,
    'aria-describedby': hasNote ? noteId : undefined,
    'aria-invalid': errors ? true : undefined,
  };
  const reset = isChanged && enabled && (
    <IconButton
      icon="undo"
      className="field-reset"
      label={`Reset ${label} to the default, ${titleOf(control.schema, defaultValue) ?? shortValue(defaultValue)}`}
      onClick={() => handleChange(path, structuredClone(defaultValue))}
    />
  );
  const mark = isChanged && (
    <span className="field-changed">
      changed<span className="visually-hidden"> from the default</span>
    </span>
  );
  const rest = (
    <>
      {!isInline && children(input)}
      {hasNote && (
        <p id={noteId} className={errors ? 'field-error' : 'field-help'} role={errors ? 'alert' : undefined}>
          {errors || help}
        </p>
      )}
      {note && <p className="field-help field-note">{note}</p>}
    </>
  );
  const className = `field ${isChanged ? 'is-changed' : ''} ${errors ? 'is-wrong' : ''}`;
  if (isGroup)
    return (
      <fieldset className={className} aria-describedby={input['aria-describedby']} data-path={path}>
        <legend className={isInner ? 'visually-hidden' : 'field-head'}>
          <span className="field-label">{label}</span>
          {mark}
          {reset}
        </legend>
        {rest}
      </fieldset>
    );
  return (
    <div className={className} data-path={path}>
      <div className={isInner ? 'visually-hidden' : 'field-head'}>
        <label className="field-label" htmlFor={id}>
          {label}
        </label>
        {mark}
        {reset}
        {isInline && <span className="field-inline">{children(input)}</span>}
      </div>
      {rest}
    </div>
  );
}
