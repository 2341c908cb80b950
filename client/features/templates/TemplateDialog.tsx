import type { JsonSchema } from '@jsonforms/core';
import { useMemo, useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { Dialog } from '../../components/Dialog.js';
import { Loading } from '../../components/EmptyState.js';
import { Labelled } from '../../components/Labelled.js';
import { SubmitButtons } from '../../components/SubmitButtons.js';
import { TextField } from '../../components/TextField.js';
import { SchemaForm } from '../../forms/SchemaForm.js';
import { graphql } from '../../gql/index.js';
import { type Problem, problemFromError, problemOf } from '../../shared/errors.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { uploadFile } from '../../shared/upload.js';
import type { Template } from './templates.js';

const FormQuery = graphql(`
  query RenderTemplateForm($kind: RenderTemplateKind!, $isUpload: Boolean!) {
    renderTemplateForm(kind: $kind, isUpload: $isUpload) {
      schema
      defaults
    }
  }
`);

const CreateTemplate = graphql(`
  mutation CreateRenderTemplate($input: CreateRenderTemplateInput!) {
    createRenderTemplate(input: $input) {
      __typename
      ... on RenderTemplate {
        id
      }
      ...ProblemParts
    }
  }
`);

const UploadTemplate = graphql(`
  mutation UploadRenderTemplate($input: UploadRenderTemplateInput!) {
    uploadRenderTemplate(input: $input) {
      __typename
      ... on RenderTemplate {
        id
      }
      ...ProblemParts
    }
  }
`);

const UpdateTemplate = graphql(`
  mutation UpdateRenderTemplate($input: UpdateRenderTemplateInput!) {
    updateRenderTemplate(input: $input) {
      __typename
      ... on RenderTemplate {
        id
        label
        description
        version
        setup
      }
      ...ProblemParts
    }
  }
`);

const SETUP = '/setup';

/** What the dialog is open for: a change, a new parametric studio, or a .blend file. */
export type TemplateTask = { template: Template } | { kind: 'studio' | 'blend' };

/** Makes or changes a render template; the form is drawn from the schema that the server gives. */
export function TemplateDialog({
  task,
  onClose,
  onSaved,
}: {
  task: TemplateTask;
  onClose: () => void;
  onSaved: () => void;
}) {
  const old = 'template' in task ? task.template : null;
  const kind = 'template' in task ? task.template.kind : task.kind;
  const isUpload = kind === 'blend' && !old;
  const [{ data, error }] = useQuery({ query: FormQuery, variables: { kind, isUpload } });
  const [, create] = useMutation(CreateTemplate);
  const [, upload] = useMutation(UploadTemplate);
  const [, update] = useMutation(UpdateTemplate);
  const [name, setName] = useState(old?.name ?? '');
  const [label, setLabel] = useState(old?.label ?? '');
  const [description, setDescription] = useState(old?.description ?? '');
  const [file, setFile] = useState<File | null>(null);
  const [edited, setEdited] = useState<unknown>(old?.setup);
  const [busy, setBusy] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const form = data?.renderTemplateForm;
  const setup = edited ?? form?.defaults;
  const messages = useMemo(
    () =>
      problem?.issues
        .filter(({ path }) => path.startsWith(`${SETUP}/`))
        .map(({ path, message }) => ({ path: path.slice(SETUP.length), message })),
    [problem],
  );

  const save = async (): Promise<Problem | null> => {
    const words = { label, description };
    if (old) {
      const answer = await update({ input: { renderTemplateId: old.id, version: old.version, ...words, setup } });
      return problemOf(answer.data?.updateRenderTemplate, answer.error);
    }
    if (!isUpload) {
      const answer = await create({ input: { name, ...words, setup } });
      return problemOf(answer.data?.createRenderTemplate, answer.error);
    }
    return uploadFile(file!, async (uploadId) => {
      setBusy('Checking the file with Blender');
      const answer = await upload({ input: { name, ...words, setup, uploadId } });
      return problemOf(answer.data?.uploadRenderTemplate, answer.error);
    });
  };
  const submit = async () => {
    setProblem(null);
    setBusy(isUpload ? 'Uploading' : 'Saving');
    const found = await save();
    setBusy(null);
    setProblem(found);
    if (!found) onSaved();
  };
  const isReady = Boolean(name && label && form && (!isUpload || file));

  return (
    <Dialog
      title={old ? `Edit ${old.label}` : isUpload ? 'Upload a studio built in Blender' : 'New studio'}
      size="lg"
      onClose={onClose}
      onSubmit={submit}
      footer={
        <SubmitButtons isBusy={busy !== null} disabled={!isReady} onCancel={onClose}>
          {busy ?? (isUpload ? 'Upload and check' : 'Save')}
        </SubmitButtons>
      }
    >
      {problem && <ProblemCallout problem={problem} title={isUpload ? 'The file was not taken' : undefined} />}
      {isUpload && (
        <Labelled
          label="Blender file"
          help="Everything packed, no scripts. An empty named “Product” is where products stand."
        >
          {(ids) => (
            <input
              {...ids}
              className="control"
              type="file"
              accept=".blend"
              onChange={(event) => setFile(event.target.files?.[0] ?? null)}
            />
          )}
        </Labelled>
      )}
      {!old && (
        <TextField
          label="Name"
          help="Workflows name it so: lower-case letters, digits and underscores."
          isCode
          value={name}
          onChange={setName}
        />
      )}
      <TextField label="Label" help="Name for people." value={label} onChange={setLabel} />
      <TextField label="Description" help="What it is good for." value={description} onChange={setDescription} />
      {error && <ProblemCallout problem={problemFromError(error)} title="The settings could not be loaded" />}
      {!form && !error && <Loading label="Loading the settings" />}
      {form && (
        <SchemaForm
          schema={form.schema as JsonSchema}
          value={setup}
          defaults={form.defaults}
          messages={messages}
          onChange={setEdited}
        />
      )}
    </Dialog>
  );
}
