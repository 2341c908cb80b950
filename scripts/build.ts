import { buildBackEnd, currentBackEnd } from './lib/backEndBuild.mjs';
import { ensureClientBuilt } from './lib/clientBuild.js';
import { ensureGenerated } from './lib/generate.js';

// npm run build: generated code, back end and console, for machines that run `npm run server` or `npm run worker`. npm start does it by itself.
const generateAndBuild = async () => {
  const isNew = await ensureGenerated(console.log);
  if (await currentBackEnd()) return isNew;
  await buildBackEnd();
  return true;
};
const done = await Promise.all([generateAndBuild(), ensureClientBuilt(console.log)]);
console.log(done.some(Boolean) ? 'Done.' : 'Everything is up to date.');
