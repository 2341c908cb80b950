import { useState } from 'react';
import { useMutation } from 'urql';
import { Button } from '../../components/Button.js';
import { ButtonLink } from '../../components/ButtonLink.js';
import { type Problem, problemOf } from '../../shared/errors.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { ArchiveOutputType, DuplicateOutputType } from './operations.js';
import { PolicyDialog } from './PolicyDialog.js';

/** Change it, set its thresholds, copy it, put it away. */
export function OutputTypeActions({
  type,
  onChanged,
}: {
  type: { id: string; name: string; revision: number; isArchived: boolean };
  onChanged: () => void;
}) {
  const [archiving, archive] = useMutation(ArchiveOutputType);
  const [duplicating, duplicate] = useMutation(DuplicateOutputType);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isSettingPolicy, setSettingPolicy] = useState(false);
  const { id, name, revision, isArchived } = type;
  const done = (failed: Problem | null) => {
    setProblem(failed);
    onChanged();
  };
  return (
    <>
      <div className="output-type-actions">
        <ButtonLink needs="author" to={`/output-types/${id}/edit`}>
          Edit
        </ButtonLink>
        <Button onClick={() => setSettingPolicy(true)}>Thresholds</Button>
        <Button
          icon="copy"
          needs="author"
          isBusy={duplicating.fetching}
          onClick={async () => {
            const { data, error } = await duplicate({ input: { outputTypeId: id, name: `${name} (copy)` } });
            done(problemOf(data?.duplicateOutputType, error));
          }}
        >
          Copy
        </Button>
        <Button
          needs="author"
          isBusy={archiving.fetching}
          onClick={async () => {
            const { data, error } = await archive({ input: { outputTypeId: id, revision, isArchived: !isArchived } });
            done(problemOf(data?.archiveOutputType, error));
          }}
        >
          {isArchived ? 'Bring back' : 'Archive'}
        </Button>
      </div>
      {isSettingPolicy && (
        <PolicyDialog outputTypeId={id} onClose={() => setSettingPolicy(false)} onSaved={onChanged} />
      )}
      {problem && <ProblemCallout problem={problem} title="That did not go through" />}
    </>
  );
}
