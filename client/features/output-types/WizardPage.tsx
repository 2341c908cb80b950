import './outputTypes.css';
import { type ReactNode, useRef, useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { useClient, useQuery } from 'urql';
import { Button } from '../../components/Button.js';
import { EmptyState, Loading } from '../../components/EmptyState.js';
import { Icon } from '../../components/Icon.js';
import { useDebounced } from '../../components/useDebounced.js';
import type { OutputTypeInput } from '../../gql/graphql.js';
import { type Problem, problemFromError, problemOf } from '../../shared/errors.js';
import { useUsualFamily } from '../../shared/families.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { Reserved } from '../../shared/Reserved.js';
import { ArtifactStep, FamilyStep, WorkflowStep } from './FirstSteps.js';
import { CreateOutputType, DraftQuery, EditedOutputTypeQuery, UpdateOutputType } from './operations.js';
import { type Draft, profileOf, STEPS, type Step, type StepProps } from './profile.js';
import { SettingsStep } from './SettingsStep.js';
import { TermsStep } from './TermsStep.js';

/** Typing asks the server for its verdict at most this often. */
const ASK_MS = 250;

const STEP_FORM: Record<Step, (props: StepProps) => ReactNode> = {
  family: FamilyStep,
  workflow: WorkflowStep,
  artifact: ArtifactStep,
  overrides: SettingsStep,
  terms: TermsStep,
};

/** What the server says of a profile, as it is being edited. Until it has answered, the last word stays. */
function useDraft(profile: OutputTypeInput) {
  const input = useDebounced(profile, ASK_MS);
  const [{ data, error }] = useQuery({ query: DraftQuery, variables: { input }, requestPolicy: 'network-only' });
  const last = useRef<Draft | null>(null);
  if (data) last.current = data.outputTypeDraft;
  return { draft: last.current, problem: error ? problemFromError(error) : null };
}

function StepList({
  step,
  seen,
  draft,
  onGo,
}: {
  step: Step;
  seen: ReadonlySet<Step>;
  draft: Draft | null;
  onGo: (step: Step) => void;
}) {
  return (
    <nav aria-label="Steps" className="wizard-steps">
      <ol>
        {STEPS.map(({ key, label, help }, at) => {
          const issues = seen.has(key) && key !== step ? (draft?.[key].length ?? 0) : 0;
          const isDone = seen.has(key) && draft?.[key].length === 0;
          return (
            <li key={key}>
              <button type="button" aria-current={key === step ? 'step' : undefined} onClick={() => onGo(key)}>
                <span className={`step-mark ${issues > 0 ? 'tone-bad' : isDone ? 'tone-ok' : ''}`}>
                  {issues > 0 ? <Icon name="alert" size={14} /> : isDone ? <Icon name="check" size={14} /> : at + 1}
                </span>
                <span>
                  {label}
                  {issues > 0 && <span className="visually-hidden"> ({issues} problems)</span>}
                  <span className="field-help">{help}</span>
                </span>
              </button>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

/** The five steps of an output type, each checked by itself while it is filled in. */
function Wizard({ id, revision, stored }: { id: string | null; revision: number; stored: OutputTypeInput }) {
  const client = useClient();
  const navigate = useNavigate();
  const [profile, setProfile] = useState(stored);
  const [step, setStep] = useState<Step>('family');
  const [seen, setSeen] = useState<ReadonlySet<Step>>(new Set(id ? STEPS.map(({ key }) => key) : ['family']));
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Problem | null>(null);
  const { draft, problem } = useDraft(profile);
  const at = STEPS.findIndex(({ key }) => key === step);
  const { label, help } = STEPS[at]!;
  const Form = STEP_FORM[step];
  const go = (to: Step) => {
    setStep(to);
    setSeen(new Set([...seen, to]));
  };
  const save = async () => {
    setBusy(true);
    const failed = id
      ? await client
          .mutation(UpdateOutputType, { input: { outputTypeId: id, revision, changes: profile } })
          .then(({ data, error }) => problemOf(data?.updateOutputType, error))
      : await client
          .mutation(CreateOutputType, { input: profile })
          .then(({ data, error }) => problemOf(data?.createOutputType, error));
    setBusy(false);
    setRefusal(failed);
    if (!failed) navigate('/output-types');
  };
  const issues = draft?.[step] ?? [];
  return (
    <div className="wizard">
      <StepList step={step} seen={seen} draft={draft} onGo={go} />
      <section className="card wizard-step" aria-labelledby="wizard-step">
        <header>
          <h2 id="wizard-step">{label}</h2>
          <p className="muted">{help}</p>
        </header>
        {!draft && !problem && <Loading label="Loading the choices" />}
        {problem && <ProblemCallout problem={problem} title="The output type could not be checked" />}
        <Form profile={profile} draft={draft} onChange={(changes) => setProfile((old) => ({ ...old, ...changes }))} />
        {issues.length > 0 && (
          <ul className="issue-list wizard-issues" aria-label="What does not fit yet">
            {issues.map((issue) => (
              <li key={`${issue.path} ${issue.message}`}>{issue.message}</li>
            ))}
          </ul>
        )}
        {refusal && <ProblemCallout problem={refusal} title="The output type was not saved" />}
        <footer className="page-actions">
          <Button icon="arrowLeft" disabled={at === 0} onClick={() => go(STEPS[at - 1]!.key)}>
            Back
          </Button>
          {at < STEPS.length - 1 && (
            <Button
              look={id ? 'plain' : 'primary'}
              icon="arrowRight"
              disabled={!id && issues.length > 0}
              onClick={() => go(STEPS[at + 1]!.key)}
            >
              Next
            </Button>
          )}
          {(id || at === STEPS.length - 1) && (
            <Button
              look="primary"
              icon="save"
              needs="author"
              isBusy={isBusy}
              disabled={!draft?.isComplete}
              onClick={save}
            >
              {id ? 'Save' : 'Make the output type'}
            </Button>
          )}
        </footer>
      </section>
    </div>
  );
}

const HOME = { to: '/output-types', label: 'Go to the output types' };

/** Makes an output type, or changes one. */
export function Component() {
  const { outputTypeId } = useParams();
  const usualFamily = useUsualFamily();
  const [{ data, error, fetching }] = useQuery({
    query: EditedOutputTypeQuery,
    variables: { id: outputTypeId ?? '' },
    pause: !outputTypeId,
    requestPolicy: 'network-only',
  });
  const type = data?.outputType;
  const title = outputTypeId ? (type?.name ?? 'Output type') : 'New output type';
  return (
    <main id="main" className="page" tabIndex={-1}>
      <title>{`${title} · HartOMat`}</title>
      <header className="page-header">
        <h1>
          <Link to="/output-types" className="crumb">
            Output types
          </Link>{' '}
          / {title}
        </h1>
      </header>
      {error && <ProblemCallout problem={problemFromError(error)} title="The output type could not be loaded" />}
      {outputTypeId && !data && fetching && <Loading label="Loading the output type" />}
      {outputTypeId && data && !type && (
        <EmptyState icon="tag" title="There is no such output type" actions={<Link to={HOME.to}>{HOME.label}</Link>} />
      )}
      <Reserved needs="author" home={HOME}>
        {!outputTypeId && <Wizard id={null} revision={0} stored={{ family: usualFamily, name: '' }} />}
        {type && <Wizard key={type.id} id={type.id} revision={type.revision} stored={profileOf(type)} />}
      </Reserved>
    </main>
  );
}
