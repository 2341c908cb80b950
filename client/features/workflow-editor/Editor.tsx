import { useCallback, useEffect, useMemo, useReducer, useState } from 'react';
import { useBlocker, useSearchParams } from 'react-router';
import { useMutation } from 'urql';
import { useRefusal } from '../../components/access.js';
import { Button } from '../../components/Button.js';
import { Callout } from '../../components/Callout.js';
import type { WorkflowQuery as WorkflowData } from '../../gql/graphql.js';
import { graphql } from '../../gql/index.js';
import { type Problem, problemOf } from '../../shared/errors.js';
import { definitionsByStep } from '../../shared/graph/definitions.js';
import { GraphCanvas } from '../../shared/graph/GraphCanvas.js';
import { nodeLabel, readGraph, type WorkflowGraph } from '../../shared/graph/graphModel.js';
import type { NodeOverlay } from '../../shared/graph/NodeCard.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { DispatchDialog } from './DispatchDialog.js';
import { draftChanges, draftReducer, openDraft, setParams } from './draft.js';
import { EditorBar } from './EditorBar.js';
import { FindingsList } from './FindingsList.js';
import { applyFix, renameNode } from './graphEdits.js';
import { HistoryDialog } from './HistoryDialog.js';
import { LeaveDialog } from './LeaveDialog.js';
import { NodeSettings } from './NodeSettings.js';
import { Palette, type PaletteGroup } from './Palette.js';
import { PublishDialog } from './PublishDialog.js';
import { UpgradeNote } from './UpgradeNote.js';
import { useFindings } from './useFindings.js';
import { isTyping, useGraphEditing } from './useGraphEditing.js';

const SaveDraft = graphql(`
  mutation SaveWorkflowDraft($input: SaveWorkflowDraftInput!) {
    saveWorkflowDraft(input: $input) {
      __typename
      ... on Workflow {
        id
        draft
        draftRevision
        hasUnpublishedChanges
        draftUpgrade {
          ...GraphDiffParts
        }
        findings {
          ...EditorFinding
        }
      }
      ...ProblemParts
    }
  }
`);

type Workflow = NonNullable<WorkflowData['workflow']>;
type Definitions = WorkflowData['nodeDefinitions'];

/** The graph of a workflow and the settings of the chosen node: changed here, saved as the draft. */
export function Editor({
  workflow,
  definitionList,
  groups,
  onReload,
}: {
  workflow: Workflow;
  definitionList: Definitions;
  /** Of the palette of the workflow's family. */
  groups: readonly PaletteGroup[];
  onReload: () => void;
}) {
  const isReadOnly = useRefusal('author') !== null;
  const [draft, act] = useReducer(draftReducer, null, () =>
    openDraft(readGraph(workflow.draft), workflow.draftRevision),
  );
  const [search, setSearch] = useSearchParams();
  const [dialog, setDialog] = useState<'dispatch' | 'publish' | 'history' | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [{ fetching: isSaving }, saveDraft] = useMutation(SaveDraft);

  const drawn = useMemo(() => definitionsByStep(definitionList), [definitionList]);
  const definitions = useMemo(() => new Map(definitionList.map((each) => [each.step, each])), [definitionList]);
  const { present, saved, revision } = draft;
  const changes = useMemo(() => draftChanges(saved, present), [saved, present]);
  const isDirty = changes.length > 0;
  const isOutdated = workflow.draftRevision > revision;
  const findings = useFindings({ ofSaved: workflow.findings, saved, present, changes, definitions });
  const labels = useMemo(
    () => new Map(present.nodes.map((node) => [node.id, nodeLabel(node, definitions.get(node.step))])),
    [present, definitions],
  );
  const overlays = useMemo(() => {
    const edited = new Set(changes.filter(({ params }) => params.length > 0).map(({ nodeId }) => nodeId));
    const shown = new Map<string, NodeOverlay>();
    for (const node of present.nodes) {
      const severities = new Set(findings.filter(({ nodeId }) => nodeId === node.id).map(({ severity }) => severity));
      const problem = severities.has('error') ? 'error' : severities.has('warning') ? 'warning' : undefined;
      const overrides = Object.keys(node.params ?? {}).length;
      const note = edited.has(node.id)
        ? 'unsaved changes'
        : overrides > 0
          ? `${overrides} changed from default`
          : undefined;
      if (problem || note) shown.set(node.id, { problem, note });
    }
    return shown;
  }, [present, findings, changes]);

  // A newer draft from elsewhere is taken over at once unless there is work that it would throw away.
  useEffect(() => {
    if (isOutdated && !isDirty)
      act({ type: 'loaded', graph: readGraph(workflow.draft), revision: workflow.draftRevision });
  }, [isOutdated, isDirty, workflow]);

  const save = useCallback(
    async (expectedRevision: number): Promise<boolean> => {
      const { data, error } = await saveDraft({ input: { workflowId: workflow.id, graph: present, expectedRevision } });
      const result = data?.saveWorkflowDraft;
      const failed = problemOf(result, error);
      setProblem(failed);
      if (failed?.code === 'DRAFT_CHANGED') onReload();
      if (failed || result?.__typename !== 'Workflow') return false;
      act({ type: 'saved', graph: present, revision: result.draftRevision });
      return true;
    },
    [saveDraft, workflow.id, present, onReload],
  );

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
      const key = event.key.toLowerCase();
      if (key === 's') {
        event.preventDefault();
        if (isDirty && !isSaving) save(revision);
      } else if (!isTyping(event.target) && (key === 'z' || key === 'y')) {
        event.preventDefault();
        act({ type: key === 'y' || event.shiftKey ? 'redo' : 'undo' });
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [isDirty, isSaving, revision, save]);

  useEffect(() => {
    if (!isDirty) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [isDirty]);
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => isDirty && currentLocation.pathname !== nextLocation.pathname,
  );

  const edit = (graph: WorkflowGraph, tag: string) => {
    if (!isReadOnly) act({ type: 'edit', graph, tag, atMs: Date.now() });
  };
  const { editing, searchRef, add, tidy, remove, canRemove, select, wanted, forgetWanted } = useGraphEditing({
    graph: present,
    definitions: drawn,
    initial: search.get('node'),
    isPaused: dialog !== null || blocker.state === 'blocked',
    edit,
  });
  const chosenId = editing.selection.size === 1 ? [...editing.selection][0]! : null;
  const selected = present.nodes.find(({ id }) => id === chosenId);
  useEffect(() => setSearch(chosenId ? { node: chosenId } : {}, { replace: true }), [chosenId, setSearch]);
  const palette = useMemo(
    () => [...drawn.values()].filter(({ families }) => families.includes(workflow.family)),
    [drawn, workflow.family],
  );
  const versionNumber = workflow.latestVersion?.number ?? null;
  const isConflict = problem?.code === 'DRAFT_CHANGED';
  return (
    <main id="main" className={`editor ${isReadOnly ? 'is-fixed' : ''} ${selected ? 'has-panel' : ''}`} tabIndex={-1}>
      <title>{`${workflow.name} · HartOMat`}</title>
      <EditorBar
        name={workflow.name}
        family={workflow.family}
        versionNumber={versionNumber}
        hasUnpublishedChanges={workflow.hasUnpublishedChanges}
        isReadOnly={isReadOnly}
        isDirty={isDirty}
        isSaving={isSaving}
        undo={draft.past.length > 0 ? () => act({ type: 'undo' }) : null}
        redo={draft.future.length > 0 ? () => act({ type: 'redo' }) : null}
        onTidy={tidy}
        onRemove={canRemove ? remove : null}
        onHistory={() => setDialog('history')}
        onSave={() => save(revision)}
        onPublish={() => setDialog('publish')}
        onRun={() => setDialog('dispatch')}
      />
      {!isReadOnly && (
        <Palette
          groups={groups}
          definitions={palette}
          wanted={wanted}
          searchRef={searchRef}
          onAdd={add}
          onForgetWanted={forgetWanted}
        />
      )}
      <div className="editor-body">
        {isConflict && (
          <Callout
            tone="warn"
            title="Somebody else saved this draft in the meantime"
            actions={
              <>
                <Button
                  disabled={!isOutdated}
                  onClick={() => {
                    act({ type: 'loaded', graph: readGraph(workflow.draft), revision: workflow.draftRevision });
                    setProblem(null);
                  }}
                >
                  Load theirs
                </Button>
                <Button
                  look="danger"
                  isBusy={isSaving}
                  // Until their revision has arrived, saving over it would be refused once more.
                  disabled={!isOutdated}
                  onClick={() => save(workflow.draftRevision)}
                >
                  Overwrite with mine
                </Button>
              </>
            }
          >
            Loading theirs drops your unsaved changes; overwriting drops theirs.
          </Callout>
        )}
        {workflow.draftUpgrade && !isOutdated && (
          <UpgradeNote diff={workflow.draftUpgrade} isSaving={isSaving} onSave={() => save(revision)} />
        )}
        {problem && !isConflict && <ProblemCallout problem={problem} title="The draft was not saved" />}
        <GraphCanvas
          graph={present}
          definitions={drawn}
          overlays={overlays}
          {...(isReadOnly ? { selected: chosenId, onSelect: select } : { editing })}
          label="Graph of the workflow"
        />
        <FindingsList
          findings={findings}
          labels={labels}
          onShow={select}
          isReadOnly={isReadOnly}
          onFix={({ patch }) => {
            const fixed = applyFix(present, patch);
            if (fixed) edit(fixed, `fix ${JSON.stringify(patch)}`);
          }}
        />
      </div>
      {selected && (
        <NodeSettings
          key={selected.id}
          node={selected}
          definition={definitions.get(selected.step)}
          findings={findings}
          onClose={() => select(null)}
          isReadOnly={isReadOnly}
          onRename={(label) => edit(renameNode(present, selected.id, label), `label ${selected.id}`)}
          onParams={(params) =>
            edit(setParams(present, selected.id, params), `params ${selected.id} ${Object.keys(params).join()}`)
          }
        />
      )}
      {dialog === 'dispatch' && (
        <DispatchDialog
          workflow={{ id: workflow.id, name: workflow.name, family: workflow.family, versionNumber }}
          isDirty={isDirty}
          onSave={() => save(revision)}
          onClose={() => setDialog(null)}
        />
      )}
      {dialog === 'history' && (
        <HistoryDialog workflow={workflow} revision={revision} isDirty={isDirty} onClose={() => setDialog(null)} />
      )}
      {dialog === 'publish' && (
        <PublishDialog
          workflow={{ id: workflow.id, versionNumber }}
          revision={revision}
          onClose={() => setDialog(null)}
        />
      )}
      {blocker.state === 'blocked' && (
        <LeaveDialog
          changed={changes.map(({ nodeId }) => labels.get(nodeId) ?? nodeId)}
          isSaving={isSaving}
          onStay={() => blocker.reset()}
          onLeave={() => blocker.proceed()}
          onSave={async () => ((await save(revision)) ? blocker.proceed() : blocker.reset())}
        />
      )}
    </main>
  );
}
