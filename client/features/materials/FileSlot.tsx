import { type ComponentProps, useRef, useState } from 'react';
import { Button, IconButton } from '../../components/Button.js';
import { FileInput } from '../../components/FileInput.js';
import type { Problem } from '../../shared/errors.js';
import { Thumb } from '../../shared/Thumb.js';
import { uploadFile } from '../../shared/upload.js';

/** One file of a material: its name, and buttons to set and remove it. */
export function FileSlot({
  label,
  fileName,
  accept,
  picture,
  takeIn,
  onRemove,
  onProblem,
}: {
  label: string;
  fileName: string | null;
  accept: string;
  picture?: ComponentProps<typeof Thumb>['file'];
  /** Has a file that was sent set here; says why not. */
  takeIn: (uploadId: string) => Promise<Problem | null>;
  onRemove: () => Promise<Problem | null>;
  /** Hears how it went; null: well. */
  onProblem: (problem: Problem | null) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  const [isBusy, setBusy] = useState(false);
  const during = async (work: () => Promise<Problem | null>) => {
    setBusy(true);
    onProblem(null);
    onProblem(await work());
    setBusy(false);
  };
  return (
    <li className="file-slot">
      {picture ? <Thumb file={picture} /> : <span className="file-slot-none" aria-hidden="true" />}
      <span className="file-slot-words">
        <strong>{label}</strong>
        <span className="muted truncate" title={fileName ?? undefined}>
          {fileName ?? 'none'}
        </span>
      </span>
      <Button
        needs="author"
        isBusy={isBusy}
        onClick={() => input.current?.click()}
        aria-label={`Choose a file for ${label}`}
      >
        {fileName ? 'Replace' : 'Choose'}
      </Button>
      {fileName && (
        <IconButton
          icon="close"
          needs="author"
          label={`Remove ${label}`}
          disabled={isBusy}
          onClick={() => during(onRemove)}
        />
      )}
      <FileInput
        ref={input}
        label={`File for ${label}`}
        accept={accept}
        onChoose={(file) => during(() => uploadFile(file, takeIn))}
      />
    </li>
  );
}
