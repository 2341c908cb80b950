import type { Family } from '../../gql/graphql.js';
import { AboutDialog } from './AboutDialog.js';
import { DispatchDialog } from './DispatchDialog.js';
import { HistoryDialog } from './HistoryDialog.js';
import { PublishDialog } from './PublishDialog.js';
import { RunChoiceDialog } from './RunChoiceDialog.js';

export type EditorDialogName = 'about' | 'dispatch' | 'publish' | 'history' | 'runs';

/** The window that is open over the editor. */
export function EditorDialog({
  which,
  workflow,
  revision,
  errors,
  shownRun,
  onShowRun,
  onClose,
}: {
  which: EditorDialogName;
  workflow: {
    id: string;
    name: string;
    description: string;
    family: Family;
    isArchived: boolean;
    latestVersion?: { number: number } | null;
  };
  /** Of the draft as it was saved. */
  revision: number;
  /** What is wrong with it. */
  errors: readonly string[];
  /** Id of the run over the graph. */
  shownRun: string | null;
  onShowRun: (runId: string | null) => void;
  onClose: () => void;
}) {
  const about = { ...workflow, versionNumber: workflow.latestVersion?.number ?? null };
  switch (which) {
    case 'about':
      return <AboutDialog workflow={about} onClose={onClose} />;
    case 'dispatch':
      return <DispatchDialog workflow={about} onStarted={onShowRun} onClose={onClose} />;
    case 'history':
      return <HistoryDialog workflow={about} revision={revision} onClose={onClose} />;
    case 'publish':
      return <PublishDialog workflow={about} revision={revision} errors={errors} onClose={onClose} />;
    case 'runs':
      return <RunChoiceDialog workflowId={about.id} shown={shownRun} onChoose={onShowRun} onClose={onClose} />;
  }
}
