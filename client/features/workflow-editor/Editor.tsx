import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from 'react';
import { useSearchParams } from 'react-router';
import { useRefusal } from '../../components/access.js';
import type { WorkflowQuery as WorkflowData } from '../../gql/graphql.js';
import { definitionsByStep } from '../../shared/graph/definitions.js';
import { GraphCanvas } from '../../shared/graph/GraphCanvas.js';
import { nodeLabel, readGraph, type WorkflowGraph } from '../../shared/graph/graphModel.js';
import { forgetDraft, keptDraft } from '../../shared/keptDraft.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { ConflictNote } from './ConflictNote.js';
import { draftChanges, draftReducer, leaveDraft, restoreDraft, resumeDraft, setParams, setPolicy } from './draft.js';
import { EditorBar } from './EditorBar.js';
import { EditorDialog, type EditorDialogName } from './EditorDialog.js';
import { FindingsList } from './FindingsList.js';
import { applyFix, renameNode } from './graphEdits.js';
import { LeaveDialog } from './LeaveDialog.js';
import { NodeInputs } from './NodeInputs.js';
import { NodeInRun } from './NodeInRun.js';
import { NodePolicyForm } from './NodePolicyForm.js';
import { NodeSettings } from './NodeSettings.js';
import { Palette } from './Palette.js';
import { RestoredNote } from './RestoredNote.js';
import { RunStrip } from './RunStrip.js';
import { UpgradeNote } from './UpgradeNote.js';
import { useDraftGuard } from './useDraftGuard.js';
import { useDraftSaving } from './useDraftSaving.js';
import { useEditorKeys } from './useEditorKeys.js';
import { useFindings } from './useFindings.js';
import { useGraphEditing } from './useGraphEditing.js';
import { useKeptDraft } from './useKeptDraft.js';
import { useNodeOverlays } from './useNodeOverlays.js';
import { useRunOverlay } from './useRunOverlay.js';

type Workflow = NonNullable<WorkflowData['workflow']>;
type Definitions = WorkflowData['nodeDefinitions'];

/** The graph of a workflow and the settings of the chosen node: changed here, saved as the draft by itself. */
export function Editor({
  workflow,
  definitionList,
  family: { paletteGroups, nodePolicySchema: policySchema },
  onReload,
}: {
  workflow: Workflow;
  definitionList: Definitions;
  family: WorkflowData['families'][number];
  onReload: () => void;
}) {
  const isReadOnly = useRefusal('author') !== null || workflow.isArchived;
  const [kept] = useState(() => (isReadOnly ? null : keptDraft(workflow.id)));
  const [draft, act] = useReducer(draftReducer, null, () => {
    const left = resumeDraft(workflow.id, readGraph(workflow.draft), workflow.draftRevision);
    return kept ? restoreDraft(left, kept) : left;
  });
  const [dialog, setDialog] = useState<EditorDialogName | null>(null);

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
  const [search, setSearch] = useSearchParams();
  const shownRun = search.get('run');
  const setAddress = useCallback(
    (key: 'node' | 'run', value: string | null) =>
      setSearch(
        (old) => {
          const next = new URLSearchParams(old);
          if (value === null) next.delete(key);
          else next.set(key, value);
          return next;
        },
        { replace: true },
      ),
    [setSearch],
  );
  const showRun = (runId: string | null) => {
    setAddress('run', runId);
    setDialog(null);
  };
  const overRun = useRunOverlay(shownRun, workflow.id, present);
  const overlays = useNodeOverlays(present, findings, overRun.overlays);

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

  const blocker = useDraftGuard(isDirty, save);
  /** What these dialogs are about is the draft as the server has it. */
  const openSaved = async (which: typeof dialog) => {
    if (await save()) setDialog(which);
  };

  const edit = (graph: WorkflowGraph, tag: string) => {
    if (!isReadOnly) act({ type: 'edit', graph, tag, atMs: Date.now() });
  };
  const { editing, connecting, chosenId, searchRef, add, tidy, remove, canRemove, select, wanted, forgetWanted } =
    useGraphEditing({
      graph: present,
      definitions: drawn,
      initial: search.get('node'),
      isPaused: dialog !== null || blocker.state === 'blocked',
      edit,
    });
  const selected = present.nodes.find(({ id }) => id === chosenId);
  const [isAdding, setAdding] = useState(false);
  const isPaletteCalled = isAdding || wanted !== null;
  useEffect(() => {
    if (isPaletteCalled) searchRef.current?.focus();
  }, [isPaletteCalled, searchRef]);
  useEditorKeys({
    isPaused: dialog !== null || blocker.state === 'blocked',
    onSave: () => save(),
    onUndo: () => act({ type: 'undo' }),
    onRedo: () => act({ type: 'redo' }),
    onChooseRun: () => setDialog('runs'),
    onHideRun: () => showRun(null),
  });
  useEffect(() => setAddress('node', chosenId), [chosenId, setAddress]);
  const palette = useMemo(
    () => [...drawn.values()].filter(({ families }) => families.includes(workflow.family)),
    [drawn, workflow.family],
  );
  const versionNumber = workflow.latestVersion?.number ?? null;
  const isConflict = saving.state === 'conflict';
  return (
    <main
      id="main"
      className={`editor ${isReadOnly ? 'is-fixed' : ''} ${selected ? 'has-panel' : ''} ${isPaletteCalled ? 'is-adding' : ''}`}
      tabIndex={-1}
    >
      <title>{`${workflow.name} · HartOMat`}</title>
      <EditorBar
        name={workflow.name}
        family={workflow.family}
        versionNumber={versionNumber}
        hasUnpublishedChanges={workflow.hasUnpublishedChanges}
        isReadOnly={isReadOnly}
        isArchived={workflow.isArchived}
        isDirty={isDirty}
        saveState={saving.state}
        isKept={isKept}
        undo={draft.past.length > 0 ? () => act({ type: 'undo' }) : null}
        redo={draft.future.length > 0 ? () => act({ type: 'redo' }) : null}
        onAdd={() => setAdding(true)}
        onTidy={tidy}
        onRemove={canRemove ? remove : null}
        onAbout={() => openSaved('about')}
        onHistory={() => openSaved('history')}
        onShowRun={() => setDialog('runs')}
        onSave={() => save()}
        onPublish={() => openSaved('publish')}
        onRun={() => openSaved('dispatch')}
      />
      {!isReadOnly && (
        <Palette
          groups={paletteGroups}
          definitions={palette}
          wanted={wanted}
          searchRef={searchRef}
          onAdd={add}
          onForgetWanted={forgetWanted}
          onClose={() => setAdding(false)}
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
        {shownRun && <RunStrip overlay={overRun} labels={labels} onShow={select} onHide={() => showRun(null)} />}
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
          inputs={
            <NodeInputs
              node={selected}
              ports={drawn.get(selected.step)?.inputContract ?? []}
              edges={present.edges}
              labels={labels}
              isReadOnly={isReadOnly}
              {...connecting}
            />
          }
          policy={
            definitions.has(selected.step) && (
              <NodePolicyForm
                node={selected}
                definition={definitions.get(selected.step)!}
                schema={policySchema}
                isReadOnly={isReadOnly}
                onChange={(policy, defaults) =>
                  edit(setPolicy(present, selected.id, policy, defaults), `policy ${selected.id}`)
                }
              />
            )
          }
          inRun={<NodeInRun nodeId={selected.id} overlay={overRun} onStarted={showRun} />}
          onRename={(label) => edit(renameNode(present, selected.id, label), `label ${selected.id}`)}
          onParams={(params) =>
            edit(setParams(present, selected.id, params), `params ${selected.id} ${Object.keys(params).join()}`)
          }
        />
      )}
      {dialog && (
        <EditorDialog
          which={dialog}
          workflow={workflow}
          revision={revision}
          errors={findings.filter(({ severity }) => severity === 'error').map(({ message }) => message)}
          shownRun={shownRun}
          onShowRun={showRun}
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
