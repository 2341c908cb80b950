import type { JsonSchema } from '@jsonforms/core';
import { useMemo } from 'react';
import { SchemaForm } from '../../forms/SchemaForm.js';
import type { GraphNode } from '../../shared/graph/graphModel.js';
import { effectivePolicy, modulePolicy, type NodePolicy } from './draft.js';

export interface PolicyDefinition {
  capability: string;
  execution: { timeoutMs: number; retryAttempts: number; retryBackoffMs: number; determinism: string };
}

const RESULTS: Record<string, string> = {
  pure: 'Kept and reused while inputs and settings stay the same',
  volatile: 'Made anew in every run',
  effect: 'Acts on the world; never reused',
};

/** How a node runs: what its module says, and what may be said otherwise for this node. */
export function NodePolicyForm({
  node,
  definition: { capability, execution },
  schema,
  isReadOnly,
  onChange,
}: {
  node: GraphNode;
  definition: PolicyDefinition;
  /** Of the family, as the API gives it. */
  schema: unknown;
  isReadOnly: boolean;
  onChange: (policy: Record<string, unknown>, defaults: NodePolicy) => void;
}) {
  const defaults = useMemo(() => modulePolicy(execution), [execution]);
  const value = useMemo(() => effectivePolicy(node, defaults), [node, defaults]);
  return (
    <section className="panel-section">
      <h3>How it runs</h3>
      <dl className="facts">
        <dt>Runs on</dt>
        <dd>{capability} workers</dd>
        <dt>Results</dt>
        <dd>{RESULTS[execution.determinism]}</dd>
      </dl>
      <SchemaForm
        schema={schema as JsonSchema}
        value={value}
        defaults={defaults}
        isReadOnly={isReadOnly}
        onChange={(data) => onChange(data as Record<string, unknown>, defaults)}
      />
    </section>
  );
}
