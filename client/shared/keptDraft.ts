import { readGraph, type WorkflowGraph } from './graph/graphModel.js';

/** Changes of a draft that the server does not have yet, kept in this browser so that a closed window does not lose them. */
export interface KeptDraft {
  graph: WorkflowGraph;
  /** Of the server's draft that was changed. */
  revision: number;
  atMs: number;
}

const PREFIX = 'hartomat.draft.';

/** @returns false: the browser takes nothing, or has no room left. */
export function keepDraft(workflowId: string, draft: KeptDraft): boolean {
  try {
    localStorage.setItem(PREFIX + workflowId, JSON.stringify(draft));
    return true;
  } catch (error) {
    if (error instanceof DOMException) return false;
    throw error;
  }
}

export const forgetDraft = (workflowId: string): void => localStorage.removeItem(PREFIX + workflowId);

/** What was kept of a workflow's draft; null: nothing, or nothing that can be read. */
export function keptDraft(workflowId: string): KeptDraft | null {
  const text = localStorage.getItem(PREFIX + workflowId);
  if (text === null) return null;
  try {
    const { graph, revision, atMs } = JSON.parse(text) as Partial<KeptDraft>;
    return { graph: readGraph(graph), revision: Number(revision), atMs: Number(atMs) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    forgetDraft(workflowId);
    return null;
  }
}

/** Whoever signs in next has no business with them. */
export function forgetAllDrafts(): void {
  for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
}
