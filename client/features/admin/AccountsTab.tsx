import { useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { Badge } from '../../components/Badge.js';
import { Button } from '../../components/Button.js';
import { EmptyState } from '../../components/EmptyState.js';
import { formatDateTime } from '../../components/format.js';
import { Pager } from '../../components/Pager.js';
import { ACTIONS } from '../../components/Table.js';
import type { AccountFieldsFragment } from '../../gql/graphql.js';
import { readFragment } from '../../gql/index.js';
import { type Problem, problemOf } from '../../shared/errors.js';
import { Listing } from '../../shared/Listing.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { AccountDialog } from './AccountDialog.js';
import { AccountFields, AccountsQuery, UpdateAccount } from './operations.js';
import { SignInLinkDialog } from './SignInLinkDialog.js';
import { roleLabel } from './words.js';

type Open = { kind: 'edit'; account: AccountFieldsFragment | null } | { kind: 'link'; account: AccountFieldsFragment };

/** The people and partners who work with the installation. */
export function AccountsTab() {
  const [after, setAfter] = useState<string | null>(null);
  const [answer, refetch] = useQuery({
    query: AccountsQuery,
    variables: { after },
    requestPolicy: 'cache-and-network',
  });
  const { data } = answer;
  const [open, setOpen] = useState<Open | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [{ fetching: isChanging }, update] = useMutation(UpdateAccount);
  const accounts = readFragment(AccountFields, data?.accounts.edges.map(({ node }) => node) ?? []);
  const setDisabled = async (accountId: string, isDisabled: boolean) => {
    const result = await update({ input: { accountId, isDisabled } });
    setProblem(problemOf(result.data?.updateAccount, result.error));
  };
  const add = (
    <Button look="primary" icon="plus" onClick={() => setOpen({ kind: 'edit', account: null })}>
      Account
    </Button>
  );
  return (
    <>
      <div className="card-header">
        <h2>Accounts</h2>
        <span className="muted numeric">{data?.accounts.totalCount}</span>
        {accounts.length > 0 && add}
      </div>
      {problem && <ProblemCallout problem={problem} />}
      <Listing
        what="the accounts"
        answer={answer}
        isEmpty={accounts.length === 0}
        empty={
          <EmptyState icon="shield" title="Only you so far" actions={add}>
            Give colleagues an account and a sign-in link, and partners an account and an API token.
          </EmptyState>
        }
        columns={['Name', 'Role', 'State', 'Since', ACTIONS]}
      >
        {accounts.map((account) => (
          <tr key={account.id}>
            <td>{account.name}</td>
            <td>{roleLabel(account.role)}</td>
            <td>
              {account.isDisabled ? (
                <Badge tone="calm" icon="stop">
                  Disabled
                </Badge>
              ) : (
                <Badge tone="ok" icon="check">
                  Active
                </Badge>
              )}
            </td>
            <td className="muted numeric">{formatDateTime(account.createdAt)}</td>
            <td className="cell-actions">
              <div className="page-actions">
                {account.role !== 'partner' && !account.isDisabled && (
                  <Button
                    look="quiet"
                    aria-label={`Sign-in link for ${account.name}`}
                    onClick={() => setOpen({ kind: 'link', account })}
                  >
                    Sign-in link
                  </Button>
                )}
                <Button
                  look="quiet"
                  aria-label={`Edit ${account.name}`}
                  onClick={() => setOpen({ kind: 'edit', account })}
                >
                  Edit
                </Button>
                <Button
                  look="quiet"
                  aria-label={`${account.isDisabled ? 'Enable' : 'Disable'} ${account.name}`}
                  disabled={isChanging}
                  onClick={() => setDisabled(account.id, !account.isDisabled)}
                >
                  {account.isDisabled ? 'Enable' : 'Disable'}
                </Button>
              </div>
            </td>
          </tr>
        ))}
      </Listing>
      <Pager
        label="Pages of accounts"
        after={after}
        page={data?.accounts.pageInfo}
        words={['First', 'More']}
        onPage={setAfter}
      />
      {open?.kind === 'edit' && (
        <AccountDialog
          account={open.account}
          onClose={() => setOpen(null)}
          onSaved={() => refetch({ requestPolicy: 'network-only' })}
        />
      )}
      {open?.kind === 'link' && <SignInLinkDialog account={open.account} onClose={() => setOpen(null)} />}
    </>
  );
}
