import { useRef, useState } from 'react';
import { useMutation } from 'urql';
import { useRefusal } from '../../components/access.js';
import { Button, IconButton } from '../../components/Button.js';
import { FileInput } from '../../components/FileInput.js';
import { formatBytes } from '../../components/format.js';
import { Icon } from '../../components/Icon.js';
import { Progress } from '../../components/Progress.js';
import { graphql } from '../../gql/index.js';
import { problemOf } from '../../shared/errors.js';
import { UploadRefused, uploadFile } from '../../shared/upload.js';

const UploadCadFile = graphql(`
  mutation UploadCadFile($input: UploadCadFileInput!) {
    uploadCadFile(input: $input) {
      __typename
      ... on CadFile {
        id
        name
      }
      ...ProblemParts
    }
  }
`);

interface Upload {
  key: number;
  name: string;
  byteSize: number;
  progress: number;
  state: 'sending' | 'checking' | 'done' | 'failed';
  message?: string;
  abort: AbortController;
}

const STATE_WORDS = {
  sending: 'Uploading',
  checking: 'Checking the file',
  done: 'In the library',
  failed: 'Not taken',
};

/** Takes CAD files by button or by dropping them, and shows how each is doing. */
export function UploadPanel({ onUploaded }: { onUploaded: () => void }) {
  const [uploads, setUploads] = useState<Upload[]>([]);
  const [isOver, setOver] = useState(false);
  const [, register] = useMutation(UploadCadFile);
  const input = useRef<HTMLInputElement>(null);
  const count = useRef(0);

  const send = async (file: File) => {
    const key = count.current++;
    const abort = new AbortController();
    const change = (changes: Partial<Upload>) =>
      setUploads((old) => old.map((each) => (each.key === key ? { ...each, ...changes } : each)));
    setUploads((old) => [{ key, name: file.name, byteSize: file.size, progress: 0, state: 'sending', abort }, ...old]);
    try {
      const uploadId = await uploadFile(file, (progress) => change({ progress }), abort.signal);
      change({ state: 'checking', progress: 1 });
      const { data, error } = await register({ input: { uploadId, name: file.name } });
      const problem = problemOf(data?.uploadCadFile, error);
      if (problem) return change({ state: 'failed', message: `${problem.message} (${problem.code})` });
      change({ state: 'done' });
      onUploaded();
    } catch (error) {
      if (!(error instanceof UploadRefused)) throw error;
      change({ state: 'failed', message: error.message });
    }
  };
  const refusal = useRefusal('author');
  const sendAll = (files: FileList | null) => {
    if (refusal) return;
    for (const file of files ?? []) send(file);
  };

  return (
    <section
      aria-label="Upload CAD files"
      className={`drop-zone ${isOver ? 'is-over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(!refusal);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        sendAll(event.dataTransfer.files);
      }}
    >
      <div className="drop-words">
        <Icon name="upload" size={20} />
        <p>
          <strong>{refusal ?? 'Drop STEP files here'}</strong>
          <span className="muted"> (.step, .stp, up to 512 MB each)</span>
        </p>
        <Button needs="author" onClick={() => input.current?.click()}>
          Choose files
        </Button>
        <FileInput
          ref={input}
          label="CAD files"
          accept=".step,.stp,.p21,model/step"
          multiple
          onChoose={(_, files) => sendAll(files)}
        />
      </div>
      {uploads.length > 0 && (
        <ul className="uploads" aria-live="polite">
          {uploads.map((upload) => (
            <li key={upload.key} className={upload.state === 'failed' ? 'tone-bad' : 'tone-ok'}>
              <span className="truncate upload-name">{upload.name}</span>
              <span className="muted numeric">{formatBytes(upload.byteSize)}</span>
              <span
                className={upload.state === 'failed' || upload.state === 'done' ? 'upload-state toned' : 'upload-state'}
              >
                {upload.state === 'failed' && <Icon name="alert" size={14} />}
                {upload.state === 'done' && <Icon name="check" size={14} />}
                {STATE_WORDS[upload.state]}
                {upload.message && `: ${upload.message}`}
              </span>
              {(upload.state === 'sending' || upload.state === 'checking') && (
                <Progress
                  value={upload.state === 'sending' ? upload.progress : undefined}
                  label={`Upload of ${upload.name}`}
                />
              )}
              <IconButton
                icon="close"
                label={upload.state === 'sending' ? `Cancel the upload of ${upload.name}` : `Dismiss ${upload.name}`}
                disabled={upload.state === 'checking'}
                onClick={() => {
                  if (upload.state === 'sending') upload.abort.abort();
                  else setUploads((old) => old.filter((each) => each.key !== upload.key));
                }}
              />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
