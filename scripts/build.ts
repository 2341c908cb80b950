import { ensureClientBuilt } from './lib/clientBuild.js';
import { ensureGenerated } from './lib/generate.js';

// npm run build: generated code and console, for machines that run `npm run server` or `npm run worker`. npm start does it by itself.
const done = await Promise.all([ensureGenerated(console.log), ensureClientBuilt(console.log)]);
console.log(done.some(Boolean) ? 'Done.' : 'Everything is up to date.');
