import { useRef, useState } from 'react';
import { useMutation } from 'urql';
import { useRefusal } from '../../components/access.js';
import { Button } from '../../components/Button.js';
import { FileInput } from '../../components/FileInput.js';
import { Icon } from '../../components/Icon.js';
import { graphql } from '../../gql/index.js';
import { problemOf } from '../../shared/errors.js';
import { UploadList } from '../../shared/UploadList.js';
import { useUploads } from '../../shared/useUploads.js';

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

/** Takes CAD files by button or by dropping them, and shows how each is doing. */
export function UploadPanel({ onUploaded }: { onUploaded: () => void }) {
  const [isOver, setOver] = useState(false);
  const [, register] = useMutation(UploadCadFile);
  const input = useRef<HTMLInputElement>(null);
  const { uploads, send, dismiss } = useUploads(async (uploadId, { name }) => {
    const { data, error } = await register({ input: { uploadId, name } });
    return problemOf(data?.uploadCadFile, error);
  }, onUploaded);
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
      <UploadList uploads={uploads} onDismiss={dismiss} />
    </section>
  );
}
