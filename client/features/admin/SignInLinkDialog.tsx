import { useState } from 'react';
import { useMutation } from 'urql';
import { Button } from '../../components/Button.js';
import { Dialog } from '../../components/Dialog.js';
import { formatDateTime } from '../../components/format.js';
import { SecretField } from '../../components/SecretField.js';
import { type Problem, problemOf } from '../../shared/errors.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { CreateSignInLink } from './operations.js';

/** Makes a link that signs somebody in once, and shows it. */
export function SignInLinkDialog({ account, onClose }: { account: { id: string; name: string }; onClose: () => void }) {
  const [{ fetching }, create] = useMutation(CreateSignInLink);
  const [link, setLink] = useState<{ path: string; expiresAt: string } | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const make = async () => {
    const { data, error } = await create({ accountId: account.id });
    const result = data?.createSignInLink;
    setProblem(problemOf(result, error));
    if (result?.__typename === 'SignInLink') setLink(result);
  };
  return (
    <Dialog
      title={`Sign-in link for ${account.name}`}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{link ? 'Done' : 'Not now'}</Button>
          {!link && (
            <Button look="primary" isBusy={fetching} onClick={make}>
              Make the link
            </Button>
          )}
        </>
      }
    >
      {link ? (
        <SecretField
          label="Link"
          value={new URL(link.path, window.location.origin).href}
          help={`Works once, until ${formatDateTime(link.expiresAt)}, for whoever opens it first.`}
        />
      ) : (
        <p>The link signs in whoever opens it first, as {account.name}. It works once, within a day.</p>
      )}
      {problem && <ProblemCallout problem={problem} />}
    </Dialog>
  );
}
