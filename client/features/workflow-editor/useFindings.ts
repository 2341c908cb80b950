import { useEffect, useMemo, useState } from 'react';
import { useClient } from 'urql';
import { type FragmentType, graphql, readFragment } from '../../gql/index.js';
import type { WorkflowGraph } from '../../shared/graph/graphModel.js';
import type { NodeChange } from './draft.js';
import { currentFindings, type EditorFinding, type ParamContract } from './findings.js';

export const FindingFragment = graphql(`
  fragment EditorFinding on Finding {
    code
    severity
    message
    nodeId
    path
    fix
  }
`);

const GraphFindings = graphql(`
  query GraphFindings($graph: JSON!) {
    graphFindings(graph: $graph) {
      ...EditorFinding
    }
  }
`);

/** Edits in quick succession are asked about once. */
const PAUSE_MS = 350;

/** What validation says about the graph as it stands: the server's word on the saved draft, soon its word on what was
 * changed since, and in between what the params' schemas say by themselves. */
export function useFindings({
  ofSaved,
  saved,
  present,
  changes,
  definitions,
}: {
  ofSaved: readonly FragmentType<typeof FindingFragment>[];
  saved: WorkflowGraph;
  present: WorkflowGraph;
  changes: readonly NodeChange[];
  definitions: ReadonlyMap<string, ParamContract>;
}): EditorFinding[] {
  const client = useClient();
  const [checked, setChecked] = useState<{ graph: WorkflowGraph; findings: EditorFinding[] } | null>(null);
  const isDirty = changes.length > 0;
  useEffect(() => {
    if (!isDirty) return;
    let isLatest = true;
    const timer = setTimeout(async () => {
      const { data } = await client
        .query(GraphFindings, { graph: present }, { requestPolicy: 'network-only' })
        .toPromise();
      // Without an answer the last one stands; saving asks again.
      if (data && isLatest) setChecked({ graph: present, findings: read(data.graphFindings) });
    }, PAUSE_MS);
    return () => {
      isLatest = false;
      clearTimeout(timer);
    };
  }, [client, present, isDirty]);
  return useMemo(() => {
    const last = isDirty && checked ? checked : { graph: saved, findings: read(ofSaved) };
    const known = new Set(present.nodes.map(({ id }) => id));
    return currentFindings(last.findings, last.graph, present, (step) => definitions.get(step)).filter(
      ({ nodeId }) => !nodeId || known.has(nodeId),
    );
  }, [isDirty, checked, ofSaved, saved, present, definitions]);
}

const read = (findings: readonly FragmentType<typeof FindingFragment>[]): EditorFinding[] =>
  readFragment(FindingFragment, findings).map((finding) => ({
    ...finding,
    fix: finding.fix as EditorFinding['fix'],
  }));
