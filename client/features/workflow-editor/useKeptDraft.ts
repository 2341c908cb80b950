import { useEffect, useRef, useState } from 'react';
import { forgetDraft, keepDraft } from '../../shared/keptDraft.js';
import type { DraftState } from './draft.js';

/** Keeps changes in this browser for as long as the server does not have them.
 * @param wasRestored there are kept ones, and the draft has them.
 * @returns whether they are kept. */
export function useKeptDraft(
  workflowId: string,
  { present, revision }: DraftState,
  isDirty: boolean,
  wasRestored: boolean,
): boolean {
  /** Another window may keep changes of its own: only what was kept here is forgotten. */
  const isOwn = useRef(wasRestored);
  const [isKept, setKept] = useState(wasRestored);
  useEffect(() => {
    if (isDirty) {
      isOwn.current = true;
      setKept(keepDraft(workflowId, { graph: present, revision, atMs: Date.now() }));
    } else if (isOwn.current) {
      isOwn.current = false;
      forgetDraft(workflowId);
      setKept(false);
    }
  }, [workflowId, present, revision, isDirty]);
  return isKept;
}
