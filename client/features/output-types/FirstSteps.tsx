import { useState } from 'react';
import { useQuery } from 'urql';
import { Button } from '../../components/Button.js';
import { Labelled } from '../../components/Labelled.js';
import { SchemaForm } from '../../forms/SchemaForm.js';
import type { VersionPolicy } from '../../gql/graphql.js';
import { useFamilies } from '../../shared/families.js';
import { roleLabel } from '../../shared/words.js';
import { NewWorkflow } from './NewWorkflow.js';
import { VersionsQuery } from './operations.js';
import { pruned, type StepProps, withoutWorkflow } from './profile.js';

export function FamilyStep({ profile, onChange }: StepProps) {
  const families = useFamilies();
  return (
    <fieldset className="choice-cards">
      <legend className="visually-hidden">Family</legend>
      {families.map(({ family, label, description }) => (
        <label key={family} className="choice-card">
          <input
            type="radio"
            name="family"
            checked={profile.family === family}
            onChange={() => onChange({ ...withoutWorkflow, family })}
          />
          <span>
            <strong>{label}</strong>
            <span className="field-help">{description}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

const NONE = '';

export function WorkflowStep({ profile, draft, onChange }: StepProps) {
  const [isNew, setNew] = useState(false);
  const [{ data }] = useQuery({
    query: VersionsQuery,
    variables: { workflowId: profile.workflowId ?? '' },
    pause: !profile.workflowId,
  });
  const versions = data?.workflow?.versions.edges.map(({ node }) => node) ?? [];
  const workflows = draft?.workflows ?? [];
  const chosen = workflows.find(({ id }) => id === profile.workflowId);
  return (
    <>
      <Labelled
        label="Workflow"
        help={
          profile.workflowId
            ? chosen?.description || undefined
            : 'Without a workflow orders run through the legacy pipeline.'
        }
      >
        {(ids) => (
          <select
            {...ids}
            className="control"
            value={profile.workflowId ?? NONE}
            onChange={(event) => onChange({ ...withoutWorkflow, workflowId: event.target.value || null })}
          >
            <option value={NONE}>None: the legacy pipeline</option>
            {workflows.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Labelled>
      {!isNew && (
        <div>
          <Button icon="plus" needs="author" onClick={() => setNew(true)}>
            Begin a workflow
          </Button>
        </div>
      )}
      {isNew && profile.family && (
        <NewWorkflow
          family={profile.family}
          onMade={(workflowId) => {
            setNew(false);
            onChange({ ...withoutWorkflow, workflowId });
          }}
          onClose={() => setNew(false)}
        />
      )}
      {profile.workflowId && (
        <Labelled
          label="Version"
          help={
            profile.versionPolicy === 'pinned'
              ? 'Publishing the workflow changes nothing for orders.'
              : 'Orders always run what was published last.'
          }
        >
          {(ids) => (
            <select
              {...ids}
              className="control"
              value={profile.versionPolicy === 'pinned' ? (profile.pinnedVersionId ?? '') : 'latest'}
              onChange={(event) => {
                const isLatest = event.target.value === 'latest';
                const versionPolicy: VersionPolicy = isLatest ? 'latest' : 'pinned';
                onChange({ versionPolicy, pinnedVersionId: isLatest ? null : event.target.value });
              }}
            >
              <option value="latest">The newest{draft?.versionNumber ? ` (now ${draft.versionNumber})` : ''}</option>
              {versions.map(({ id, number, note }) => (
                <option key={id} value={id}>
                  Version {number}
                  {note && `: ${note}`}
                </option>
              ))}
            </select>
          )}
        </Labelled>
      )}
    </>
  );
}

export function ArtifactStep({ profile, draft, onChange }: StepProps) {
  const kinds = draft?.artifactKinds ?? [];
  const chosen = kinds.find(({ kind }) => kind === profile.artifactKind);
  return (
    <>
      <Labelled
        label="The customer receives"
        help={chosen && chosen.mediaTypes.length > 0 ? `Comes as ${chosen.mediaTypes.join(', ')}.` : undefined}
      >
        {(ids) => (
          <select
            {...ids}
            className="control"
            value={profile.artifactKind ?? ''}
            onChange={(event) => onChange({ artifactKind: event.target.value })}
          >
            {!chosen && (
              <option value={profile.artifactKind ?? ''}>
                {profile.artifactKind ? roleLabel(profile.artifactKind) : 'Choose …'}
              </option>
            )}
            {kinds.map(({ kind, isSet }) => (
              <option key={kind} value={kind}>
                {roleLabel(kind)}
                {isSet && ' (several files)'}
              </option>
            ))}
          </select>
        )}
      </Labelled>
      {draft && (
        <>
          <h3>What each file must be</h3>
          <SchemaForm
            schema={draft.contractSchema as object}
            value={profile.contract ?? {}}
            messages={draft.artifact
              .filter(({ path }) => path.startsWith('/contract/'))
              .map(({ path, message }) => ({ path: path.slice('/contract'.length), message }))}
            onChange={(contract) => onChange({ contract: pruned(contract) })}
          />
        </>
      )}
    </>
  );
}
