import { useState } from 'react';
import { useMutation } from 'urql';
import { Dialog } from '../../components/Dialog.js';
import { keyFrom } from '../../components/keyFrom.js';
import { SubmitButtons } from '../../components/SubmitButtons.js';
import { TextField } from '../../components/TextField.js';
import type { CategoryFieldsFragment } from '../../gql/graphql.js';
import { readFragment } from '../../gql/index.js';
import { issueAt, type Problem, problemOf } from '../../shared/errors.js';
import { ProblemBesideFields } from '../../shared/Problem.js';
import { CategoryFields, CreateCategory, UpdateCategory } from './priceOperations.js';

const FIELDS = ['/label', '/key'];

/** Makes a product category, or renames one. */
export function CategoryDialog({
  category,
  onClose,
  onSaved,
}: {
  /** Null: a new one. */
  category: CategoryFieldsFragment | null;
  onClose: () => void;
  onSaved: (id: string) => void;
}) {
  const [label, setLabel] = useState(category?.label ?? '');
  const [ownKey, setOwnKey] = useState<string | null>(null);
  const [creating, create] = useMutation(CreateCategory);
  const [updating, update] = useMutation(UpdateCategory);
  const [problem, setProblem] = useState<Problem | null>(null);
  const key = category?.key ?? ownKey ?? keyFrom(label);
  const submit = async () => {
    const { result, error } = category
      ? await update({ input: { categoryId: category.id, revision: category.revision, label: label.trim() } }).then(
          (answer) => ({
            result: answer.data?.updateCategory,
            error: answer.error,
          }),
        )
      : await create({ input: { key, label: label.trim() } }).then((answer) => ({
          result: answer.data?.createCategory,
          error: answer.error,
        }));
    setProblem(problemOf(result, error));
    if (result?.__typename !== 'Category') return;
    onSaved(readFragment(CategoryFields, result).id);
    onClose();
  };
  return (
    <Dialog
      title={category ? category.label : 'New category'}
      onClose={onClose}
      onSubmit={submit}
      footer={
        <SubmitButtons
          isBusy={creating.fetching || updating.fetching}
          disabled={label.trim() === '' || key === ''}
          onCancel={onClose}
        >
          {category ? 'Save the category' : 'Create the category'}
        </SubmitButtons>
      }
    >
      <TextField
        label="Name"
        value={label}
        maxLength={120}
        placeholder="Bearings"
        error={issueAt(problem, '/label')}
        onChange={setLabel}
      />
      {!category && (
        <TextField
          label="Key"
          help="Material rules and imports name the category by it; it never changes."
          isCode
          value={key}
          maxLength={64}
          error={issueAt(problem, '/key')}
          onChange={setOwnKey}
        />
      )}
      <ProblemBesideFields problem={problem} fields={FIELDS} />
    </Dialog>
  );
}
