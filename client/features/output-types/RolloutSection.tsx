import './rollout.css';
import { useState } from 'react';
import { Link } from 'react-router';
import { useMutation, useQuery } from 'urql';
import { useRefusal } from '../../components/access.js';
import { Badge } from '../../components/Badge.js';
import { Button } from '../../components/Button.js';
import { Loading } from '../../components/EmptyState.js';
import { Progress } from '../../components/Progress.js';
import type { Rollout, RolloutFieldsFragment, SetRolloutInput } from '../../gql/graphql.js';
import { readFragment } from '../../gql/index.js';
import { type Problem, problemFromError, problemOf } from '../../shared/errors.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { ForceDialog } from './ForceDialog.js';
import { RolloutHistory } from './RolloutHistory.js';
import { RolloutFields, RolloutQuery, SetRollout } from './rolloutOperations.js';
import { ShadowRate } from './ShadowRate.js';
import { ROLLOUT } from './words.js';

/** How an output type is produced, what stands in the way of the other ways, and when it was switched. */
export function RolloutSection({ outputTypeId, onChanged }: { outputTypeId: string; onChanged?: () => void }) {
  const [{ data, error, fetching }] = useQuery({
    query: RolloutQuery,
    variables: { id: outputTypeId },
    requestPolicy: 'cache-and-network',
  });
  const found = readFragment(RolloutFields, data?.outputType);
  return (
    <section className="panel-section rollout" aria-label="Rollout">
      <h3>Rollout</h3>
      {error && <ProblemCallout problem={problemFromError(error)} title="The rollout could not be loaded" />}
      {!found && fetching && <Loading label="Loading the rollout" />}
      {found && <Ways key={found.id} outputType={found} onChanged={onChanged} />}
    </section>
  );
}

function Ways({ outputType, onChanged }: { outputType: RolloutFieldsFragment; onChanged?: () => void }) {
  const [{ fetching }, set] = useMutation(SetRollout);
  const refusal = useRefusal('operate');
  const [asked, setAsked] = useState<Rollout | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const { id, rollout, rolloutOptions, parity, fallsBack, shadowRate } = outputType;
  const change = async (input: Omit<SetRolloutInput, 'outputTypeId'>) => {
    const { data, error } = await set({ input: { outputTypeId: id, ...input } });
    const failed = problemOf(data?.setRollout, error);
    setProblem(failed);
    if (failed) return;
    setAsked(null);
    onChanged?.();
  };
  const { gate } = parity;
  return (
    <>
      <ul className="rollout-ways">
        {rolloutOptions.map(({ rollout: way, isOffered, canBeForced, reasons }) => (
          <li key={way} aria-current={way === rollout ? 'true' : undefined}>
            <div className="rollout-way">
              <strong>{ROLLOUT[way].label}</strong>
              {way === rollout ? (
                <Badge tone="ok" icon="check">
                  Now
                </Badge>
              ) : canBeForced ? (
                <Button look="quiet" needs="operate" onClick={() => setAsked(way)}>
                  Switch early…
                </Button>
              ) : (
                <Button
                  needs="operate"
                  isBusy={fetching}
                  disabled={!isOffered}
                  icon={way === 'legacy' ? 'undo' : undefined}
                  onClick={() => change({ rollout: way })}
                >
                  {way === 'legacy' ? 'Back to legacy' : `Switch to ${ROLLOUT[way].label.toLowerCase()}`}
                </Button>
              )}
            </div>
            <p className="field-help">{ROLLOUT[way].help}</p>
            {way === 'graph' && way !== rollout && (isOffered || canBeForced) && (
              <div className="rollout-gate">
                <Progress
                  value={gate.needed === 0 ? 1 : gate.streak / gate.needed}
                  tone={gate.isOpen ? 'ok' : 'busy'}
                  label="Comparisons that passed in a row"
                />
                <span className="numeric">
                  {Math.min(gate.streak, gate.needed)} / {gate.needed}
                </span>
              </div>
            )}
            {way !== rollout &&
              reasons.map((reason) => (
                <p key={reason} className={isOffered ? 'field-help' : 'rollout-reason'}>
                  {reason}
                </p>
              ))}
            {way === 'shadow' && way === rollout && (
              <ShadowRate
                rate={shadowRate}
                isBusy={fetching}
                onSave={(share) => change({ rollout, shadowRate: share })}
              />
            )}
            {way === 'graph' &&
              way === rollout &&
              rolloutOptions.some((one) => one.rollout === 'legacy' && one.isOffered) && (
                <label className="rollout-check">
                  <input
                    type="checkbox"
                    checked={fallsBack}
                    disabled={fetching || refusal !== null}
                    title={refusal ?? undefined}
                    onChange={(event) => change({ rollout, fallsBack: event.target.checked })}
                  />{' '}
                  Legacy takes over when a run fails
                </label>
              )}
          </li>
        ))}
      </ul>
      {problem && !asked && <ProblemCallout problem={problem} title="The rollout was not changed" />}
      <p>
        <Link to={`/output-types/${id}/parity`}>Comparisons</Link>
      </p>
      <RolloutHistory history={outputType.rolloutHistory} />
      {asked && (
        <ForceDialog
          reasons={rolloutOptions.find((one) => one.rollout === asked)?.reasons ?? []}
          problem={problem}
          isBusy={fetching}
          onClose={() => {
            setAsked(null);
            setProblem(null);
          }}
          onForce={(reason) => change({ rollout: asked, force: true, reason })}
        />
      )}
    </>
  );
}
