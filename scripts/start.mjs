// npm start: everything HartOMat needs, from a fresh clone to a page that signs you in.
// Plain JavaScript without dependencies up to the point where the packages are installed; scripts/supervise.ts goes on from there.
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { buildBackEnd, currentBackEnd } from './lib/backEndBuild.mjs';
import { installRenderTools, renderToolsToInstall } from './lib/blender.mjs';
import { checkPort, homeDirectory, takeHome } from './lib/home.mjs';
import { ensurePackages, nodeProblem } from './lib/packages.mjs';
import { Phases } from './lib/phases.mjs';

const HELP = `npm start -- [options]

  --no-install   install nothing: no npm packages, no Blender
  --no-blender   start without rendering
  --timings      print where the time went
  --dev          console from its sources, back end restarted when its sources change (npm run dev)

Settings by environment: PORT, HOST, HARTOMAT_HOME, DATABASE_URL, REDIS_URL, BLENDER_PATH, … (README)`;

const OPTIONS = {
  'no-install': { type: 'boolean', default: false },
  'no-blender': { type: 'boolean', default: false },
  timings: { type: 'boolean', default: false },
  dev: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
};

let lock;
try {
  const { values: flags } = parseArgs({ options: OPTIONS });
  if (flags.help) {
    console.log(HELP);
  } else {
    await start(flags);
  }
} catch (error) {
  console.error(error.message);
  await lock?.release();
  process.exit(1);
}

async function loadTypeScript() {
  const { register } = await import('tsx/esm/api');
  register();
}

async function build(say) {
  await loadTypeScript();
  const { ensureGenerated } = await import('./lib/generate.ts');
  await ensureGenerated(say);
  return buildBackEnd();
}

async function start(flags) {
  const say = (line) => console.log(line);
  const phases = new Phases();
  const problem = nodeProblem();
  if (problem) throw new Error(problem);
  const home = homeDirectory();
  lock = await takeHome(home);
  const port = Number(process.env.PORT || 4000);
  if (Number.isInteger(port) && port >= 0 && port < 65536) await checkPort(port, process.env.HOST || '127.0.0.1');
  const mayInstall = !flags['no-install'];

  let blender = null;
  if (!flags['no-blender']) {
    // Decided now, so that a Blender nobody can install is told at once; installed while npm does its part.
    const tools = renderToolsToInstall({ mayInstall, say });
    blender = tools.length
      ? phases.time(`${tools.join(' and ')} by apt-get`, () => installRenderTools(tools, say))
      : Promise.resolve();
    blender.catch(() => {}); // reported when the worker needs it
  }
  await phases.time('npm packages', () => ensurePackages({ dev: flags.dev || 'keep', mayInstall, say }));

  const backEnd = flags.dev ? null : ((await currentBackEnd()) ?? (await phases.time('back end', () => build(say))));
  // Without a build everything runs from its sources; own modules may be TypeScript at any time.
  if (!backEnd || process.env.HARTOMAT_MODULES) await loadTypeScript();
  const { Supervisor } = await import(backEnd ? pathToFileURL(`${backEnd}/supervise.js`).href : './supervise.ts');
  phases.mark('Node.js and its modules');
  const { dev: isDev, timings: showTimings } = flags;
  await new Supervisor({ home, lock, phases, blender, backEnd, isDev, showTimings }).run();
}
