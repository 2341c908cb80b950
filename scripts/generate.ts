import { ensureGenerated } from './lib/generate.js';

// npm run generate
console.log((await ensureGenerated(console.log)) ? 'Done.' : 'The generated code is up to date.');
