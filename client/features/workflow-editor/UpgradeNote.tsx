import { Button } from '../../components/Button.js';
import { Callout } from '../../components/Callout.js';
import type { FragmentType } from '../../gql/index.js';
import { GraphDiff, type GraphDiffFragment } from './GraphDiff.js';

/** Shows what bringing a draft to newer modules changes, before it is saved so. */
export function UpgradeNote({
  diff,
  isSaving,
  onSave,
}: {
  diff: FragmentType<typeof GraphDiffFragment>;
  isSaving: boolean;
  onSave: () => void;
}) {
  return (
    <Callout
      tone="busy"
      title="Modules have changed since this draft was saved"
      actions={
        <Button needs="author" isBusy={isSaving} onClick={onSave}>
          Save it so
        </Button>
      }
    >
      <details>
        <summary>What was adapted</summary>
        <GraphDiff diff={diff} isDrawn={false} />
      </details>
    </Callout>
  );
}
