/** What callers read when the artifact store does not do its work; the log says why. */
export const FILES_UNREACHABLE = {
  message: 'The place where files are kept cannot be reached. Try again in a moment.',
  extensions: { code: 'ARTIFACT_STORE_UNREACHABLE' },
};
