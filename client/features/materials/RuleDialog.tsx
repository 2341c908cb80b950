import { useState } from 'react';
import { useMutation } from 'urql';
import { Dialog } from '../../components/Dialog.js';
import { Labelled } from '../../components/Labelled.js';
import { SubmitButtons } from '../../components/SubmitButtons.js';
import { TextField } from '../../components/TextField.js';
import type { MaterialRulesQuery } from '../../gql/graphql.js';
import { type Problem, problemOf } from '../../shared/errors.js';
import { MaterialChoice } from '../../shared/MaterialChoice.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { CreateRule, UpdateRule } from './operations.js';

export type Rule = MaterialRulesQuery['materialRules'][number];

/** Writes a rule, new or there already. */
export function RuleDialog({
  rule,
  start,
  categories,
  onClose,
  onSaved,
}: {
  /** Null: a new one. */
  rule: Rule | null;
  /** Conditions a new one begins with. */
  start?: { partNamePattern?: string };
  categories: { value: string; label: string }[];
  onClose: () => void;
  onSaved: () => void;
}) {
  const [pattern, setPattern] = useState(rule?.partNamePattern ?? start?.partNamePattern ?? '');
  const [color, setColor] = useState(rule?.cadColor ?? '');
  const [category, setCategory] = useState(rule?.categoryKey ?? '');
  const [material, setMaterial] = useState<{ id: string; label: string } | null>(rule?.material ?? null);
  const [creating, create] = useMutation(CreateRule);
  const [updating, update] = useMutation(UpdateRule);
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = async () => {
    if (!material) return;
    const input = {
      materialId: material.id,
      partNamePattern: pattern.trim() || null,
      cadColor: color.trim() || null,
      categoryKey: category || null,
    };
    const failed = rule
      ? await update({ id: rule.id, input }).then(({ data, error }) => problemOf(data?.updateMaterialRule, error))
      : await create({ input }).then(({ data, error }) => problemOf(data?.createMaterialRule, error));
    setProblem(failed);
    if (failed) return;
    onSaved();
    onClose();
  };
  return (
    <Dialog
      title={rule ? 'Mapping rule' : 'New mapping rule'}
      onClose={onClose}
      onSubmit={submit}
      footer={
        <SubmitButtons
          isBusy={creating.fetching || updating.fetching}
          disabled={!material || (pattern.trim() === '' && color.trim() === '' && category === '')}
          onCancel={onClose}
        >
          Save the rule
        </SubmitButtons>
      }
    >
      <p className="muted">All conditions that are set must hold.</p>
      <TextField
        label="Part name"
        help="* stands for anything: *ring*, {bolt,screw}*. Capitals do not matter."
        isCode
        value={pattern}
        maxLength={500}
        onChange={setPattern}
      />
      <TextField
        label="CAD colour"
        help="The colour of the part in the STEP file, like #c08a3e."
        isCode
        value={color}
        maxLength={7}
        onChange={setColor}
      />
      <Labelled label="Product category">
        {(ids) => (
          <select {...ids} className="control" value={category} onChange={(event) => setCategory(event.target.value)}>
            <option value="">All</option>
            {categories.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        )}
      </Labelled>
      <MaterialChoice label="Material" chosen={material} onChoose={setMaterial} />
      {problem && <ProblemCallout problem={problem} />}
    </Dialog>
  );
}
