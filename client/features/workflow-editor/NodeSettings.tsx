import type { JsonSchema } from '@jsonforms/core';
import { type ReactNode, useMemo } from 'react';
import { Button, IconButton } from '../../components/Button.js';
import { TextField } from '../../components/TextField.js';
import { SchemaForm } from '../../forms/SchemaForm.js';
import { type GraphNode, nodeLabel } from '../../shared/graph/graphModel.js';
import { effectiveParams, paramsToStore } from './draft.js';
import { type EditorFinding, messagesOf, paramPathOf } from './findings.js';

export interface SettingsDefinition {
  step: string;
  moduleKey: string;
  version: number;
  label: string;
  description: string;
  paramSchema: unknown;
  uiSchema: unknown;
  defaults: unknown;
}

/** The settings of one node, drawn from its definition's schemas alone. */
export function NodeSettings({
  node,
  definition,
  findings,
  isReadOnly,
  inRun,
  inputs,
  policy,
  onParams,
  onRename,
  onClose,
}: {
  node: GraphNode;
  definition: SettingsDefinition | undefined;
  findings: readonly EditorFinding[];
  isReadOnly: boolean;
  /** What a run made of it. */
  inRun: ReactNode;
  /** What it is connected to. */
  inputs: ReactNode;
  /** How it runs. */
  policy: ReactNode;
  onParams: (params: Record<string, unknown>) => void;
  /** Takes the node's own name; empty: what its definition is called. */
  onRename: (label: string) => void;
  onClose: () => void;
}) {
  const defaults = (definition?.defaults ?? {}) as Record<string, unknown>;
  const value = useMemo(() => effectiveParams(node, defaults), [node, defaults]);
  const changed = Object.keys(paramsToStore(value, defaults)).length;
  const schema = definition?.paramSchema as JsonSchema | undefined;
  const hasParams = Object.keys(schema?.properties ?? {}).length > 0;
  const others = findings.filter((finding) => finding.nodeId === node.id && !paramPathOf(finding));
  const messages = useMemo(() => messagesOf(findings, node.id, schema, value), [findings, node.id, schema, value]);
  return (
    <aside className="panel" aria-label={`Settings of ${nodeLabel(node, definition)}`}>
      <header className="panel-head">
        <div className="panel-title">
          <h2 className="truncate">{nodeLabel(node, definition)}</h2>
          <p className="muted truncate">
            {definition ? `${definition.moduleKey} · version ${definition.version}` : node.step} · {node.id}
          </p>
        </div>
        <IconButton icon="close" label="Close the settings" onClick={onClose} />
      </header>
      <div className="panel-body">
        {!definition && (
          <p className="field-error">
            This installation does not know the step “{node.step}”, so it has no settings here.
          </p>
        )}
        {inRun}
        {definition && <p className="muted">{definition.description}</p>}
        <TextField
          label="Name"
          maxLength={200}
          readOnly={isReadOnly}
          value={node.ui?.label ?? ''}
          placeholder={definition?.label ?? node.step}
          onChange={onRename}
        />
        {others.length > 0 && (
          <ul className="node-findings">
            {others.map((finding) => (
              <li
                key={finding.code + finding.message}
                className={finding.severity === 'error' ? 'field-error' : 'muted'}
              >
                {finding.message}
              </li>
            ))}
          </ul>
        )}
        {inputs}
        {definition && (
          <section className="panel-section">
            <div className="settings-head">
              <h3>Settings</h3>
              <span className="muted">{changed === 0 ? 'defaults' : `${changed} changed`}</span>
              {!isReadOnly && (
                <Button look="quiet" icon="undo" disabled={changed === 0} onClick={() => onParams({})}>
                  Reset all
                </Button>
              )}
            </div>
            {hasParams ? (
              <SchemaForm
                key={node.id}
                schema={schema!}
                uiSchema={definition.uiSchema}
                value={value}
                defaults={defaults}
                messages={messages}
                isReadOnly={isReadOnly}
                onChange={(data) => onParams(paramsToStore(data as Record<string, unknown>, defaults))}
              />
            ) : (
              <p className="muted">This node has nothing to set.</p>
            )}
          </section>
        )}
        {policy}
      </div>
    </aside>
  );
}
