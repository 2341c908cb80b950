import './forms.css';
import { Generate, INIT, type JsonSchema, type Middleware, type UISchemaElement, UPDATE_CORE } from '@jsonforms/core';
import { JsonForms } from '@jsonforms/react';
import { useCallback, useMemo, useRef } from 'react';
import { sameJson } from '../components/sameJson.js';
import { ajv, type SchemaError } from './ajv.js';
import type { FormConfig } from './control.js';
import { hasDottedNames, plainData, safeData, safeMessages, safeSchema, safeUiSchema } from './dottedNames.js';
import type { PlacedMessage } from './placedMessage.js';
import { renderers } from './renderers.js';

/** A form drawn from a JSON Schema and an optional JSONForms UI schema, nothing else.
 * `value` is the complete data; it may be changed from outside (undo, another node) at any time. */
export function SchemaForm(props: SchemaFormProps) {
  return hasDottedNames(props.schema) ? <DottedForm {...props} /> : <Form {...props} />;
}

interface SchemaFormProps {
  schema: JsonSchema;
  uiSchema?: unknown;
  value: unknown;
  defaults?: unknown;
  /** What the server found wrong, shown at the fields. */
  messages?: PlacedMessage[];
  isReadOnly?: boolean;
  onChange: (value: unknown) => void;
}

/** The same over names with a dot, such as `<node>.<param>`. */
function DottedForm({ schema, uiSchema, value, defaults, messages, onChange, ...rest }: SchemaFormProps) {
  const inner = useMemo(
    () => ({
      schema: safeSchema(schema),
      uiSchema: safeUiSchema(uiSchema),
      defaults: safeData(defaults),
      messages: safeMessages(messages),
    }),
    [schema, uiSchema, defaults, messages],
  );
  return <Form {...rest} {...inner} value={safeData(value)} onChange={(next) => onChange(plainData(next))} />;
}

function Form({ schema, uiSchema, value, defaults, messages, isReadOnly = false, onChange }: SchemaFormProps) {
  // JSONForms keeps its own state and is fed only what did not come from itself: else fast typing is overwritten
  // by its own echo.
  const seed = useRef(value);
  const emitted = useRef(value);
  if (!sameJson(value, emitted.current)) {
    // A copy: JSONForms takes the object it was given before for no news.
    seed.current = structuredClone(value);
    emitted.current = value;
  }
  // JSONForms takes its data from the props whenever any prop changes (new messages, say); here they count only when
  // they are new themselves.
  const taken = useRef<unknown>(undefined);
  const middleware = useCallback<Middleware>((state, action, reduce) => {
    if (action.type !== INIT && action.type !== UPDATE_CORE) return reduce(state, action);
    if (action.type === UPDATE_CORE && action.data === taken.current)
      return reduce(state, { ...action, data: state.data });
    taken.current = action.data;
    return reduce(state, action);
  }, []);
  const config = useMemo((): FormConfig => ({ defaults }), [defaults]);
  const uischema = useMemo(() => {
    const given = uiSchema as UISchemaElement | null | undefined;
    return given?.type ? given : Generate.uiSchema(schema, 'VerticalLayout');
  }, [uiSchema, schema]);
  const additionalErrors = useMemo(
    () =>
      messages?.map(
        ({ path, message }): SchemaError => ({
          keyword: 'server',
          instancePath: path,
          schemaPath: '',
          params: {},
          message,
        }),
      ),
    [messages],
  );
  return (
    <div className="schema-form">
      <JsonForms
        schema={schema}
        uischema={uischema}
        data={seed.current}
        renderers={renderers}
        ajv={ajv}
        middleware={middleware}
        config={config}
        readonly={isReadOnly}
        additionalErrors={additionalErrors}
        onChange={({ data }) => {
          if (sameJson(data, emitted.current)) return;
          emitted.current = data;
          onChange(data);
        }}
      />
    </div>
  );
}
