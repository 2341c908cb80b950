import { useState } from 'react';
import { useMutation } from 'urql';
import { Button } from '../../components/Button.js';
import { ButtonLink } from '../../components/ButtonLink.js';
import { useNotify } from '../../components/Notices.js';
import { type Problem, problemOf } from '../../shared/errors.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { useArchiving } from '../../shared/useArchiving.js';
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
  const notify = useNotify();
  const setArchived = useArchiving(setProblem, onChanged);
  const toggle = () => {
    let newest = revision;
    return setArchived(name, !isArchived, async (isAway) => {
      const { data, error } = await archive({
        input: { outputTypeId: id, revision: newest, isArchived: isAway },
      });
      const result = data?.archiveOutputType;
      if (result?.__typename === 'OutputType') newest = result.revision;
      return problemOf(result, error);
    });
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
            const failed = problemOf(data?.duplicateOutputType, error);
            setProblem(failed);
            if (!failed) notify({ text: `“${name} (copy)” is in the list.` });
            onChanged();
          }}
        >
          Copy
        </Button>
        <Button needs="author" isBusy={archiving.fetching} onClick={toggle}>
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
