import { useState } from 'react';
import { fileIcon } from '../components/FilePreview.js';
import { Icon } from '../components/Icon.js';

/** A small picture of a file, or the sign of its kind. */
export function Thumb({
  file,
  alt = '',
}: {
  file?: { thumbnailUrl: string | null; mediaType: string };
  /** Only where no words beside it say the same. */
  alt?: string;
}) {
  const [failedUrl, setFailedUrl] = useState<string | null>(null);
  const url = file?.thumbnailUrl;
  if (url && url !== failedUrl)
    return (
      <img className="thumb" src={url} alt={alt} loading="lazy" decoding="async" onError={() => setFailedUrl(url)} />
    );
  return (
    <span className="thumb">
      <Icon name={file ? fileIcon(file.mediaType) : 'image'} />
      {alt && <span className="visually-hidden">{alt}</span>}
    </span>
  );
}
