import { useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { Badge } from '../../components/Badge.js';
import { Button } from '../../components/Button.js';
import { Dialog } from '../../components/Dialog.js';
import { EmptyState } from '../../components/EmptyState.js';
import { formatAgo, formatDateTime } from '../../components/format.js';
import { Pager } from '../../components/Pager.js';
import { ACTIONS } from '../../components/Table.js';
import type { TokensQuery as Answer } from '../../gql/graphql.js';
import { type Problem, problemOf } from '../../shared/errors.js';
import { Listing } from '../../shared/Listing.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { RevokeToken, TokensQuery } from './operations.js';
import { TokenDialog } from './TokenDialog.js';

type Token = Answer['apiTokens']['edges'][number]['node'];

function TokenState({ token }: { token: Token }) {
  if (token.revokedAt)
    return (
      <Badge tone="calm" icon="stop">
        Revoked
      </Badge>
    );
  if (token.expiresAt && Date.parse(token.expiresAt) <= Date.now())
    return (
      <Badge tone="calm" icon="clock">
        Run out
      </Badge>
    );
  if (token.account.isDisabled)
    return (
      <Badge tone="warn" icon="alert">
        Account disabled
      </Badge>
    );
  return (
    <Badge tone="ok" icon="check">
      Works
    </Badge>
  );
}

/** The keys of programs. */
export function TokensTab() {
  const [after, setAfter] = useState<string | null>(null);
  const [answer, refetch] = useQuery({
    query: TokensQuery,
    variables: { after },
    requestPolicy: 'cache-and-network',
  });
  const { data } = answer;
  const [isMaking, setMaking] = useState(false);
  const [asked, setAsked] = useState<Token | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [{ fetching: isRevoking }, revoke] = useMutation(RevokeToken);
  const tokens = data?.apiTokens.edges.map(({ node }) => node) ?? [];
  const doRevoke = async () => {
    const result = await revoke({ id: asked!.id });
    const failed = problemOf(result.data?.revokeApiToken, result.error);
    setProblem(failed);
    if (!failed) setAsked(null);
  };
  const add = (
    <Button look="primary" icon="plus" onClick={() => setMaking(true)}>
      Token
    </Button>
  );
  return (
    <>
      <div className="card-header">
        <h2>API tokens</h2>
        {tokens.length > 0 && add}
      </div>
      <Listing
        what="the tokens"
        answer={answer}
        isEmpty={tokens.length === 0}
        empty={
          <EmptyState icon="shield" title="No tokens yet" actions={add}>
            A token lets a program in: a shop that orders, a script that uploads CAD files.
          </EmptyState>
        }
        columns={['Token', 'Account', 'May', 'State', 'Last used', 'Runs out', ACTIONS]}
      >
        {tokens.map((token) => (
          <tr key={token.id}>
            <td>
              {token.name}
              <p className="field-help mono">{token.prefix}…</p>
            </td>
            <td>{token.account.name}</td>
            <td className="muted">{token.scopes.join(', ')}</td>
            <td>
              <TokenState token={token} />
            </td>
            <td className="muted numeric">{token.lastUsedAt ? formatAgo(token.lastUsedAt, Date.now()) : 'never'}</td>
            <td className="muted numeric">{token.expiresAt ? formatDateTime(token.expiresAt) : 'never'}</td>
            <td className="cell-actions">
              <div className="page-actions">
                {!token.revokedAt && (
                  <Button look="quiet" aria-label={`Revoke ${token.name}`} onClick={() => setAsked(token)}>
                    Revoke
                  </Button>
                )}
              </div>
            </td>
          </tr>
        ))}
      </Listing>
      <Pager label="Pages of tokens" after={after} page={data?.apiTokens.pageInfo} onPage={setAfter} />
      {isMaking && (
        <TokenDialog onClose={() => setMaking(false)} onCreated={() => refetch({ requestPolicy: 'network-only' })} />
      )}
      {asked && (
        <Dialog
          title={`Revoke “${asked.name}”?`}
          onClose={() => setAsked(null)}
          footer={
            <>
              <Button onClick={() => setAsked(null)}>Keep it</Button>
              <Button look="danger" isBusy={isRevoking} onClick={doRevoke}>
                Revoke the token
              </Button>
            </>
          }
        >
          <p>
            Whatever uses it for {asked.account.name} is refused from now on, and its open streams end. This cannot be
            undone.
          </p>
          {problem && <ProblemCallout problem={problem} />}
        </Dialog>
      )}
    </>
  );
}
