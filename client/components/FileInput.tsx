import type { Ref } from 'react';

/** What opens the choice of files of the system, for a button that clicks it: it is not to be seen itself.
 * @param onChoose - hears of at least one file; the same may be chosen again. */
export function FileInput({
  ref,
  label,
  accept,
  multiple = false,
  onChoose,
}: {
  ref: Ref<HTMLInputElement>;
  label: string;
  accept: string;
  multiple?: boolean;
  onChoose: (first: File, files: FileList) => void;
}) {
  return (
    <input
      ref={ref}
      className="visually-hidden"
      type="file"
      aria-label={label}
      tabIndex={-1}
      accept={accept}
      multiple={multiple}
      onChange={({ target }) => {
        if (target.files?.[0]) onChoose(target.files[0], target.files);
        target.value = '';
      }}
    />
  );
}
