const isSource = (file: string) => file.endsWith('.ts');

/** Flags with which Node runs one of our own files: sources need the TypeScript loader; built, they are JavaScript. */
export const processFlags = (file: string): string[] =>
  isSource(file) ? ['--import', import.meta.resolve('tsx')] : [];

/** The same for a thread, where that loader wants to be asked. */
export const threadFlags = (file: string): string[] => {
  const register = () => `import { register } from '${import.meta.resolve('tsx/esm/api')}'; register();`;
  return isSource(file) ? ['--import', `data:text/javascript,${encodeURIComponent(register())}`] : [];
};
