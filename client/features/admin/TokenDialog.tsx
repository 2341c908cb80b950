import { useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { Button } from '../../components/Button.js';
import { Callout } from '../../components/Callout.js';
import { Dialog } from '../../components/Dialog.js';
import { Labelled } from '../../components/Labelled.js';
import { SecretField } from '../../components/SecretField.js';
import { SubmitButtons } from '../../components/SubmitButtons.js';
import { TextField } from '../../components/TextField.js';
import type { Scope } from '../../gql/graphql.js';
import { readFragment } from '../../gql/index.js';
import { type Problem, problemOf } from '../../shared/errors.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { AccountFields, AccountsQuery, CreateToken } from './operations.js';
import { roleLabel, SCOPE_WORDS } from './words.js';

const DAY_MS = 24 * 3600 * 1000;
const LIFETIMES: { label: string; days: number | null }[] = [
  { label: '30 days', days: 30 },
  { label: '90 days', days: 90 },
  { label: 'A year', days: 365 },
  { label: 'Until it is revoked', days: null },
];

/** Makes a token and shows its text, this once. */
export function TokenDialog({ onClose, onCreated }: { onClose: () => void; onCreated: () => void }) {
  const [{ data }] = useQuery({ query: AccountsQuery, variables: { after: null } });
  const accounts = readFragment(AccountFields, data?.accounts.edges.map(({ node }) => node) ?? []).filter(
    ({ isDisabled }) => !isDisabled,
  );
  const [chosenId, setChosenId] = useState<string | null>(null);
  const account = accounts.find(({ id }) => id === chosenId);
  const [name, setName] = useState('');
  /** What it may not, though its account may. Whoever wants a program to hand out access says so. */
  const [left, setLeft] = useState<readonly Scope[]>(['admin']);
  const [days, setDays] = useState<number | null>(90);
  const [secret, setSecret] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [{ fetching }, create] = useMutation(CreateToken);
  const scopes = account?.scopes.filter((scope) => !left.includes(scope)) ?? [];
  const submit = async () => {
    if (!account) return;
    const expiresAt = days === null ? null : new Date(Date.now() + days * DAY_MS).toISOString();
    const { data: made, error } = await create({
      input: { accountId: account.id, name: name.trim(), scopes, expiresAt },
    });
    const result = made?.createApiToken;
    setProblem(problemOf(result, error));
    if (result?.__typename !== 'CreatedApiToken') return;
    setSecret(result.secret);
    onCreated();
  };
  if (secret)
    return (
      <Dialog title="The new token" onClose={onClose} footer={<Button onClick={onClose}>I have kept it</Button>}>
        <Callout tone="warn" title="This is the only time it is shown">
          Put it where the program that needs it keeps its secrets. Lost ones are revoked and made anew.
        </Callout>
        <SecretField label="Token" value={secret} help="Sent as: Authorization: Bearer …" />
      </Dialog>
    );
  return (
    <Dialog
      title="New API token"
      onClose={onClose}
      onSubmit={submit}
      footer={
        <SubmitButtons
          isBusy={fetching}
          disabled={!account || name.trim() === '' || scopes.length === 0}
          onCancel={onClose}
        >
          Create the token
        </SubmitButtons>
      }
    >
      <Labelled
        label="Account"
        help={data && accounts.length === 0 ? 'There is no account yet: make one first.' : undefined}
      >
        {(ids) => (
          <select
            {...ids}
            className="control"
            value={account?.id ?? ''}
            onChange={(event) => setChosenId(event.target.value)}
          >
            {!account && <option value="">Choose whose it is</option>}
            {accounts.map((each) => (
              <option key={each.id} value={each.id}>
                {each.name} · {roleLabel(each.role)}
              </option>
            ))}
          </select>
        )}
      </Labelled>
      <TextField
        label="Name"
        help="What it is for, such as “PIM import”."
        value={name}
        maxLength={100}
        onChange={setName}
      />
      <fieldset className="choices">
        <legend>It may</legend>
        {!account && <p className="field-help">No more than its account: choose that first.</p>}
        {account?.scopes.map((scope) => (
          <label key={scope}>
            <input
              type="checkbox"
              checked={!left.includes(scope)}
              onChange={(event) =>
                setLeft(event.target.checked ? left.filter((each) => each !== scope) : [...left, scope])
              }
            />
            <span>
              <strong>{scope}</strong>
              <span className="field-help">{SCOPE_WORDS[scope]}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <Labelled label="Works for">
        {(ids) => (
          <select
            {...ids}
            className="control"
            value={days ?? ''}
            onChange={(event) => setDays(event.target.value === '' ? null : Number(event.target.value))}
          >
            {LIFETIMES.map((each) => (
              <option key={each.label} value={each.days ?? ''}>
                {each.label}
              </option>
            ))}
          </select>
        )}
      </Labelled>
      {problem && <ProblemCallout problem={problem} />}
    </Dialog>
  );
}
