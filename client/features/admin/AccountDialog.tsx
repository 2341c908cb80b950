import { useState } from 'react';
import { useMutation } from 'urql';
import { Dialog } from '../../components/Dialog.js';
import { SubmitButtons } from '../../components/SubmitButtons.js';
import { TextField } from '../../components/TextField.js';
import type { AccountFieldsFragment, Role } from '../../gql/graphql.js';
import { type Problem, problemOf } from '../../shared/errors.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { CreateAccount, UpdateAccount } from './operations.js';
import { ROLES } from './words.js';

/** Makes an account, or changes name and role of one. */
export function AccountDialog({
  account,
  onClose,
  onSaved,
}: {
  /** Null: a new one. */
  account: AccountFieldsFragment | null;
  onClose: () => void;
  onSaved: () => void;
}) {
  const [name, setName] = useState(account?.name ?? '');
  const [role, setRole] = useState<Role>(account?.role ?? 'artist');
  const [creating, create] = useMutation(CreateAccount);
  const [updating, update] = useMutation(UpdateAccount);
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = async () => {
    const failed = account
      ? await update({ input: { accountId: account.id, name: name.trim(), role } }).then(({ data, error }) =>
          problemOf(data?.updateAccount, error),
        )
      : await create({ input: { name: name.trim(), role } }).then(({ data, error }) =>
          problemOf(data?.createAccount, error),
        );
    setProblem(failed);
    if (failed) return;
    onSaved();
    onClose();
  };
  return (
    <Dialog
      title={account ? account.name : 'New account'}
      onClose={onClose}
      onSubmit={submit}
      footer={
        <SubmitButtons isBusy={creating.fetching || updating.fetching} disabled={name.trim() === ''} onCancel={onClose}>
          {account ? 'Save the account' : 'Create the account'}
        </SubmitButtons>
      }
    >
      <TextField
        label="Name"
        help="Of the person or the partner; the audit trail names them by it."
        value={name}
        maxLength={100}
        onChange={setName}
      />
      <fieldset className="choices">
        <legend>Role</legend>
        {ROLES.map((each) => (
          <label key={each.role}>
            <input type="radio" name="role" checked={each.role === role} onChange={() => setRole(each.role)} />
            <span>
              <strong>{each.label}</strong>
              <span className="field-help">{each.what}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {account && account.role !== role && (
        <p className="field-help">The new role counts at once, for tokens and open pages too.</p>
      )}
      {problem && <ProblemCallout problem={problem} />}
    </Dialog>
  );
}
