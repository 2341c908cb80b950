import { IconButton } from '../components/Button.js';
import { formatBytes } from '../components/format.js';
import { Icon } from '../components/Icon.js';
import { Progress } from '../components/Progress.js';
import type { Upload } from './useUploads.js';

const STATE_WORDS = {
  sending: 'Uploading',
  checking: 'Checking the file',
  done: 'In the library',
  failed: 'Not taken',
};

/** How files that are sent are doing; each can be cancelled while it is on its way, and dismissed then. */
export function UploadList({
  uploads,
  onDismiss,
}: {
  uploads: readonly Upload[];
  onDismiss: (upload: Upload) => void;
}) {
  if (uploads.length === 0) return null;
  return (
    <ul className="uploads" aria-live="polite" aria-label="Uploads">
      {uploads.map((upload) => {
        const { key, name, byteSize, progress, state, problem } = upload;
        const isOver = state === 'failed' || state === 'done';
        return (
          <li key={key} className={state === 'failed' ? 'tone-bad' : 'tone-ok'}>
            <span className="truncate upload-name">{name}</span>
            <span className="muted numeric">{formatBytes(byteSize)}</span>
            <span className={isOver ? 'upload-state toned' : 'upload-state'}>
              {isOver && <Icon name={state === 'failed' ? 'alert' : 'check'} size={14} />}
              {STATE_WORDS[state]}
              {problem && `: ${problem.message} (${problem.code})`}
            </span>
            {!isOver && <Progress value={state === 'sending' ? progress : undefined} label={`Upload of ${name}`} />}
            <IconButton
              icon="close"
              label={state === 'sending' ? `Cancel the upload of ${name}` : `Dismiss ${name}`}
              disabled={state === 'checking'}
              onClick={() => onDismiss(upload)}
            />
          </li>
        );
      })}
    </ul>
  );
}
