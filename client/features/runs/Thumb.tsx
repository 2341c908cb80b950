import { useState } from 'react';
import { fileIcon } from '../../components/FilePreview.js';
import { Icon } from '../../components/Icon.js';

/** A small picture of a file, or the sign of its kind. */
export function Thumb({ file }: { file?: { url: string; mediaType: string } }) {
  const [failedUrl, setFailedUrl] = useState<string | null>(null);
  if (file?.mediaType.startsWith('image/') && file.url !== failedUrl)
    return (
      <img
        className="thumb"
        src={file.url}
        alt=""
        loading="lazy"
        decoding="async"
        onError={() => setFailedUrl(file.url)}
      />
    );
  return (
    <span className="thumb">
      <Icon name={file ? fileIcon(file.mediaType) : 'image'} />
    </span>
  );
}
