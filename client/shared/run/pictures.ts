/** Roles whose picture stands for a run, best first. */
const LIST_ORDER = ['published_asset', 'still_image', 'turntable_frame', 'preview_thumbnail'];
/** For the large view, the delivered file wins. */
const RESULT_ORDER = [
  'published_asset',
  'asset_derivative',
  'still_image',
  'turntable_video',
  'preview_thumbnail',
  'glb_model',
];

interface FileLike {
  role: string;
  mediaType: string;
}

function best<F extends FileLike>(
  files: readonly F[],
  order: readonly string[],
  fits: (file: F) => boolean,
): F | undefined {
  for (const role of order) {
    const found = files.findLast((file) => file.role === role && fits(file));
    if (found) return found;
  }
  return undefined;
}

/** The picture that stands for a run in a list. */
export const listPicture = <F extends FileLike>(files: readonly F[]): F | undefined =>
  best(files, LIST_ORDER, (file) => file.mediaType.startsWith('image/'));

/** Files in the order a person wants to see them: what was delivered first, workings last. */
export function sortResults<F extends FileLike>(files: readonly F[]): F[] {
  const rank = (file: F) => {
    const place = RESULT_ORDER.indexOf(file.role);
    return place < 0 ? RESULT_ORDER.length : place;
  };
  return [...files].sort((a, b) => rank(a) - rank(b));
}

/** Roles that come by the dozen: in lists they stand under one heading. */
export const FOLDED_ROLES: ReadonlySet<string> = new Set(['turntable_frame']);
