import { Button } from '../../components/Button.js';
import { Callout } from '../../components/Callout.js';
import { Dialog } from '../../components/Dialog.js';
import { SecretField } from '../../components/SecretField.js';

/** The secret of a webhook, this once. */
export function WebhookSecretShown({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <Dialog title="The new secret" onClose={onClose} footer={<Button onClick={onClose}>I have kept it</Button>}>
      <Callout tone="warn" title="This is the only time it is shown">
        The receiver needs it to tell what comes from here. A lost one is replaced by a new one.
      </Callout>
      <SecretField label="Secret" value={secret} help="Signs every message, as standardwebhooks.com describes it." />
    </Dialog>
  );
}
