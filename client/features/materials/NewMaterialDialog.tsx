import { useState } from 'react';
import { useMutation } from 'urql';
import { Dialog } from '../../components/Dialog.js';
import { keyFrom } from '../../components/keyFrom.js';
import { SubmitButtons } from '../../components/SubmitButtons.js';
import { TextField } from '../../components/TextField.js';
import { readFragment } from '../../gql/index.js';
import { type Problem, problemOf } from '../../shared/errors.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { CreateMaterial, MaterialFields } from './operations.js';

/** Adds a material with the values of a new one; everything else is edited in its panel. */
export function NewMaterialDialog({ onClose, onCreated }: { onClose: () => void; onCreated: (id: string) => void }) {
  const [label, setLabel] = useState('');
  const [name, setName] = useState<string | null>(null);
  const [{ fetching }, create] = useMutation(CreateMaterial);
  const [problem, setProblem] = useState<Problem | null>(null);
  const key = name ?? keyFrom(label);
  const submit = async () => {
    const { data, error } = await create({ input: { name: key, label: label.trim() } });
    const result = data?.createMaterial;
    const failed = problemOf(result, error);
    setProblem(failed);
    if (failed || result?.__typename !== 'Material') return;
    onCreated(readFragment(MaterialFields, result).id);
    onClose();
  };
  return (
    <Dialog
      title="New material"
      onClose={onClose}
      onSubmit={submit}
      footer={
        <SubmitButtons isBusy={fetching} disabled={label.trim() === '' || key === ''} onCancel={onClose}>
          Create the material
        </SubmitButtons>
      }
    >
      <TextField label="Name" value={label} maxLength={120} placeholder="Steel, brushed" onChange={setLabel} />
      <TextField
        label="Key"
        help="Rules, products and orders name the material by it; it never changes."
        isCode
        value={key}
        maxLength={64}
        onChange={setName}
      />
      {problem && <ProblemCallout problem={problem} />}
    </Dialog>
  );
}
