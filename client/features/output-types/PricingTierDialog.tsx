import { useState } from 'react';
import { useMutation } from 'urql';
import { Dialog } from '../../components/Dialog.js';
import { keyFrom } from '../../components/keyFrom.js';
import { SubmitButtons } from '../../components/SubmitButtons.js';
import { TextField } from '../../components/TextField.js';
import type { PricingTierFieldsFragment } from '../../gql/graphql.js';
import { readFragment } from '../../gql/index.js';
import { issueAt, type Problem, problemOf } from '../../shared/errors.js';
import { ProblemBesideFields } from '../../shared/Problem.js';
import { amountOf, centsFrom } from './amount.js';
import { CreatePricingTier, PricingTierFields, UpdatePricingTier } from './priceOperations.js';

const FIELDS = ['/label', '/key', '/currency', '/unitPriceCents'];

/** Makes a price, or changes one. */
export function PricingTierDialog({
  tier,
  onClose,
  onSaved,
}: {
  /** Null: a new one. */
  tier: PricingTierFieldsFragment | null;
  onClose: () => void;
  onSaved: (id: string) => void;
}) {
  const [label, setLabel] = useState(tier?.label ?? '');
  const [ownKey, setOwnKey] = useState<string | null>(null);
  const [currency, setCurrency] = useState(tier?.currency ?? 'EUR');
  const [amount, setAmount] = useState(tier ? amountOf(tier.unitPriceCents, tier.currency) : '');
  const [creating, create] = useMutation(CreatePricingTier);
  const [updating, update] = useMutation(UpdatePricingTier);
  const [problem, setProblem] = useState<Problem | null>(null);
  const key = tier?.key ?? ownKey ?? keyFrom(label);
  const unitPriceCents = centsFrom(amount, currency);
  const submit = async () => {
    const content = { label: label.trim(), currency, unitPriceCents: unitPriceCents! };
    const { result, error } = tier
      ? await update({ input: { pricingTierId: tier.id, revision: tier.revision, ...content } }).then((answer) => ({
          result: answer.data?.updatePricingTier,
          error: answer.error,
        }))
      : await create({ input: { key, ...content } }).then((answer) => ({
          result: answer.data?.createPricingTier,
          error: answer.error,
        }));
    setProblem(problemOf(result, error));
    if (result?.__typename !== 'PricingTier') return;
    onSaved(readFragment(PricingTierFields, result).id);
    onClose();
  };
  const used = tier?.outputTypeCount ?? 0;
  return (
    <Dialog
      title={tier ? tier.label : 'New price'}
      onClose={onClose}
      onSubmit={submit}
      footer={
        <SubmitButtons
          isBusy={creating.fetching || updating.fetching}
          disabled={label.trim() === '' || key === '' || unitPriceCents === null}
          onCancel={onClose}
        >
          {tier ? 'Save the price' : 'Create the price'}
        </SubmitButtons>
      }
    >
      {used > 0 && (
        <p className="muted">
          {used === 1 ? '1 output type costs' : `${used} output types cost`} this. What was ordered keeps its price.
        </p>
      )}
      <TextField
        label="Name"
        value={label}
        maxLength={120}
        placeholder="Still, standard"
        error={issueAt(problem, '/label')}
        onChange={setLabel}
      />
      <div className="amount-row">
        <TextField
          label="Price of a piece"
          value={amount}
          maxLength={14}
          placeholder="29.00"
          error={
            amount !== '' && unitPriceCents === null
              ? `An amount of ${currency || 'money'}, like 29.`
              : issueAt(problem, '/unitPriceCents')
          }
          onChange={setAmount}
        />
        <TextField
          label="Currency"
          help="Like EUR, USD or JPY."
          isCode
          value={currency}
          maxLength={3}
          error={issueAt(problem, '/currency')}
          onChange={(text) => setCurrency(text.toUpperCase())}
        />
      </div>
      {!tier && (
        <TextField
          label="Key"
          help="Imports name the price by it; it never changes."
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
