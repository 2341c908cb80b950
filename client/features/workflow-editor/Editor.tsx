import { useEffect, useMemo, useReducer, useRef, useState } from 'react';
import { useSearchParams } from 'react-router';
import { useRefusal } from '../../components/access.js';
import { isTyping } from '../../components/isTyping.js';
import type { WorkflowQuery as WorkflowData } from '../../gql/graphql.js';
import { definitionsByStep } from '../../shared/graph/definitions.js';
import { GraphCanvas } from '../../shared/graph/GraphCanvas.js';
import { nodeLabel, readGraph, type WorkflowGraph } from '../../shared/graph/graphModel.js';
import type { NodeOverlay } from '../../shared/graph/NodeCard.js';
import { forgetDraft, keptDraft } from '../../shared/keptDraft.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { ConflictNote } from './ConflictNote.js';
import { DispatchDialog } from './DispatchDialog.js';
import { draftChanges, draftReducer, leaveDraft, restoreDraft, resumeDraft, setParams } from './draft.js';
import { EditorBar } from './EditorBar.js';
import { FindingsList } from './FindingsList.js';
import { applyFix, renameNode } from './graphEdits.js';
import { HistoryDialog } from './HistoryDialog.js';
import { LeaveDialog } from './LeaveDialog.js';
import { NodeSettings } from './NodeSettings.js';
import { Palette, type PaletteGroup } from './Palette.js';
import { PublishDialog } from './PublishDialog.js';
import { RestoredNote } from './RestoredNote.js';
import { UpgradeNote } from './UpgradeNote.js';
import { useDraftGuard } from './useDraftGuard.js';
import { useDraftSaving } from './useDraftSaving.js';
import { useFindings } from './useFindings.js';
import { useGraphEditing } from './useGraphEditing.js';
import { useKeptDraft } from './useKeptDraft.js';

type Workflow = NonNullable<WorkflowData['workflow']>;
type Definitions = WorkflowData['nodeDefinitions'];

/** The graph of a workflow and the settings of the chosen node: changed here, saved as the draft by itself. */
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
  const [kept] = useState(() => (isReadOnly ? null : keptDraft(workflow.id)));
  const [draft, act] = useReducer(draftReducer, null, () => {
    const left = resumeDraft(workflow.id, readGraph(workflow.draft), workflow.draftRevision);
    return kept ? restoreDraft(left, kept) : left;
  });
  const [search, setSearch] = useSearchParams();
  const [dialog, setDialog] = useState<'dispatch' | 'publish' | 'history' | null>(null);

  const drawn = useMemo(() => definitionsByStep(definitionList), [definitionList]);
  const definitions = useMemo(() => new Map(definitionList.map((each) => [each.step, each])), [definitionList]);
  const { present, saved, revision } = draft;
  const changes = useMemo(() => draftChanges(saved, present), [saved, present]);
  const isDirty = changes.length > 0;
  /** What was there before the changes that this browser had kept. */
  const [beforeKept, setBeforeKept] = useState(kept && isDirty ? saved : null);
  const isKept = useKeptDraft(workflow.id, draft, isDirty, kept !== null);
  const isOutdated = workflow.draftRevision > revision;
  const saving = useDraftSaving({ workflowId: workflow.id, draft, act, isOutdated, onConflict: onReload });
  const { isSaving, save } = saving;
  const findings = useFindings({ ofSaved: workflow.findings, saved, present, changes, definitions });
  const labels = useMemo(
    () => new Map(present.nodes.map((node) => [node.id, nodeLabel(node, definitions.get(node.step))])),
    [present, definitions],
  );
  const overlays = useMemo(() => {
    const shown = new Map<string, NodeOverlay>();
    for (const node of present.nodes) {
      const severities = new Set(findings.filter(({ nodeId }) => nodeId === node.id).map(({ severity }) => severity));
      const problem = severities.has('error') ? 'error' : severities.has('warning') ? 'warning' : undefined;
      const overrides = Object.keys(node.params ?? {}).length;
      const note = overrides > 0 ? `${overrides} changed from default` : undefined;
      if (problem || note) shown.set(node.id, { problem, note });
    }
    return shown;
  }, [present, findings]);

  const takeTheirs = () => act({ type: 'loaded', graph: readGraph(workflow.draft), revision: workflow.draftRevision });
  // A newer draft from elsewhere is taken over at once unless there is work that it would throw away.
  useEffect(() => {
    if (isOutdated && !isDirty && !isSaving) takeTheirs();
  }, [isOutdated, isDirty, isSaving, workflow]);
  // Whoever comes back to this window sees what was changed elsewhere.
  useEffect(() => {
    window.addEventListener('focus', onReload);
    return () => window.removeEventListener('focus', onReload);
  }, [onReload]);
  const latest = useRef(draft);
  latest.current = draft;
  useEffect(() => () => leaveDraft(workflow.id, latest.current), [workflow.id]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
      const key = event.key.toLowerCase();
      if (key === 's') {
        event.preventDefault();
        save();
      } else if (!isTyping(event.target) && (key === 'z' || key === 'y')) {
        event.preventDefault();
        act({ type: key === 'y' || event.shiftKey ? 'redo' : 'undo' });
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [save]);
  const blocker = useDraftGuard(isDirty, save);
  /** What these dialogs are about is the draft as the server has it. */
  const openSaved = async (which: typeof dialog) => {
    if (await save()) setDialog(which);
  };

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
  const isConflict = saving.state === 'conflict';
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
        saveState={saving.state}
        isKept={isKept}
        undo={draft.past.length > 0 ? () => act({ type: 'undo' }) : null}
        redo={draft.future.length > 0 ? () => act({ type: 'redo' }) : null}
        onTidy={tidy}
        onRemove={canRemove ? remove : null}
        onHistory={() => openSaved('history')}
        onSave={() => save()}
        onPublish={() => openSaved('publish')}
        onRun={() => openSaved('dispatch')}
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
          <ConflictNote
            isReady={isOutdated}
            isSaving={isSaving}
            onTakeTheirs={() => {
              takeTheirs();
              saving.forgetProblem();
            }}
            onKeepMine={() => save(workflow.draftRevision)}
          />
        )}
        {beforeKept && kept && !isConflict && (
          <RestoredNote
            atMs={kept.atMs}
            onDiscard={() => {
              edit(beforeKept, 'discard');
              setBeforeKept(null);
            }}
            onClose={() => setBeforeKept(null)}
          />
        )}
        {workflow.draftUpgrade && !isOutdated && (
          <UpgradeNote diff={workflow.draftUpgrade} isSaving={isSaving} onSave={() => save(revision)} />
        )}
        {saving.state === 'refused' && saving.problem && (
          <ProblemCallout problem={saving.problem} title="The draft was not saved" />
        )}
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
          onClose={() => setDialog(null)}
        />
      )}
      {dialog === 'history' && (
        <HistoryDialog workflow={workflow} revision={revision} onClose={() => setDialog(null)} />
      )}
      {dialog === 'publish' && (
        <PublishDialog
          workflow={{ id: workflow.id, versionNumber }}
          revision={revision}
          onClose={() => setDialog(null)}
        />
      )}
      {blocker.state === 'blocked' && saving.problem && (
        <LeaveDialog
          changed={changes.map(({ nodeId }) => labels.get(nodeId) ?? nodeId)}
          reason={saving.problem.message}
          isSaving={isSaving}
          onStay={() => blocker.reset()}
          onLeave={() => {
            forgetDraft(workflow.id);
            blocker.proceed();
          }}
          onSave={async () => (await save()) && blocker.proceed()}
        />
      )}
    </main>
  );
}
