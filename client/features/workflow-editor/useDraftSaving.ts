import { type Dispatch, useCallback, useEffect, useRef, useState } from 'react';
import { useMutation } from 'urql';
import { graphql } from '../../gql/index.js';
import { type Problem, problemOf } from '../../shared/errors.js';
import { type DraftAction, type DraftState, draftReducer, hasChanges } from './draft.js';

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

/** Edits within this time go in one save. */
const PAUSE_MS = 1_000;
/** Between two tries while the server does not answer. */
const RETRY_MS = 5_000;

/** Where the draft stands: `conflict` when it was changed elsewhere, `offline` while it is tried again by itself. */
export type SaveState = 'saved' | 'saving' | 'offline' | 'refused' | 'conflict';

export interface DraftSaving {
  state: SaveState;
  isSaving: boolean;
  /** Why the last try did not go through. */
  problem: Problem | null;
  /** Saves at once what is not saved yet, after a save that is under way; false when that did not work.
   * @param over saves even what has not changed, in place of this revision of the server's. */
  save: (over?: number) => Promise<boolean>;
  forgetProblem: () => void;
}

/** Saves a draft a moment after it was changed, one request at a time. What the server refuses is not sent again until it is
 * changed; what it did not answer is. A draft that was changed elsewhere waits for the person's choice. */
export function useDraftSaving({
  workflowId,
  draft,
  act,
  isOutdated,
  onConflict,
}: {
  workflowId: string;
  draft: DraftState;
  act: Dispatch<DraftAction>;
  /** The server is known to have a newer draft. */
  isOutdated: boolean;
  onConflict: () => void;
}): DraftSaving {
  const [, saveDraft] = useMutation(SaveDraft);
  const [isSaving, setSaving] = useState(false);
  const [refusal, setRefusal] = useState<{ problem: Problem; of: DraftState['present'] } | null>(null);
  // Ahead of what is drawn: a save that waits for another must know what that one did.
  const latest = useRef(draft);
  latest.current = draft;
  const queue = useRef<Promise<unknown>>(Promise.resolve());

  const send = useCallback(
    async (over?: number): Promise<boolean> => {
      const { saved, present, revision } = latest.current;
      if (over === undefined && !hasChanges(saved, present)) return true;
      setSaving(true);
      const input = { workflowId, graph: present, expectedRevision: over ?? revision };
      const { data, error } = await saveDraft({ input });
      const result = data?.saveWorkflowDraft;
      const problem = problemOf(result, error);
      setSaving(false);
      setRefusal(problem && { problem, of: present });
      if (problem?.code === 'DRAFT_CHANGED') onConflict();
      if (problem || result?.__typename !== 'Workflow') return false;
      const done: DraftAction = { type: 'saved', graph: present, revision: result.draftRevision };
      latest.current = draftReducer(latest.current, done);
      act(done);
      return true;
    },
    [saveDraft, workflowId, act, onConflict],
  );
  const save = useCallback(
    (over?: number) => {
      const turn = queue.current.then(() => send(over));
      queue.current = turn;
      return turn;
    },
    [send],
  );

  const isDirty = hasChanges(draft.saved, draft.present);
  const code = refusal?.problem.code;
  const isOffline = code === 'OFFLINE';
  const isConflict = code === 'DRAFT_CHANGED' || (isOutdated && isDirty && !isSaving);
  const isRefused = refusal !== null && !isOffline && refusal.of === draft.present;
  const isWaiting = isDirty && !isConflict && !isRefused;
  // A refusal is a new one after every try, so this goes on for as long as the server is away.
  useEffect(() => {
    if (!isWaiting) return;
    const timer = setTimeout(save, isOffline ? RETRY_MS : PAUSE_MS);
    return () => clearTimeout(timer);
  }, [draft.present, isWaiting, isOffline, refusal, save]);
  useEffect(() => {
    if (!isWaiting) return;
    const now = () => save();
    const onHide = () => document.visibilityState === 'hidden' && save();
    window.addEventListener('online', now);
    document.addEventListener('visibilitychange', onHide);
    return () => {
      window.removeEventListener('online', now);
      document.removeEventListener('visibilitychange', onHide);
    };
  }, [isWaiting, save]);

  return {
    state: isConflict
      ? 'conflict'
      : isRefused && isDirty
        ? 'refused'
        : isOffline && isDirty
          ? 'offline'
          : isDirty || isSaving
            ? 'saving'
            : 'saved',
    isSaving,
    problem: refusal?.problem ?? null,
    save,
    forgetProblem: () => setRefusal(null),
  };
}
