// The rooms of docs/architecture.md and who may import whom. `npm run check` and tests/importRules.test.ts enforce it.

const rooms = [
  'modules',
  'workflow',
  'runtime',
  'schema',
  'worker',
  'server',
  'client',
  'prisma',
  'scripts',
  'bench',
  'tests',
];
const anyRoom = `^(${rooms.join('|')})/`;
const TEST = '\\.test\\.tsx?$';

/** Files of `room` may import their own room and `allowed`. Tests are free to set up what they test. */
const room = (name, allowed) => ({
  name: `${name}-imports`,
  comment: `${name}/ may import ${[name, ...allowed].join(', ')} and packages only.`,
  severity: 'error',
  from: { path: `^${name}/`, pathNot: TEST },
  to: { path: [anyRoom, '^generated/'], pathNot: `^(${[name, ...allowed].join('|')})/` },
});

module.exports = {
  rooms,
  forbidden: [
    room('modules', []),
    room('workflow', ['modules']),
    room('runtime', ['workflow', 'modules', 'generated']),
    room('schema', ['runtime', 'workflow', 'modules', 'generated']),
    room('worker', ['runtime', 'workflow', 'modules', 'generated']),
    room('server', ['schema', 'runtime', 'workflow', 'modules', 'generated']),
    room('client', []),
    room('prisma', ['runtime', 'workflow', 'modules', 'generated']),
    {
      name: 'prisma-migrations-stand-alone',
      comment: 'Migrations run before any code is generated.',
      severity: 'error',
      from: { path: '^prisma/(migrate|schemaEngine|createMigration)\\.ts$' },
      to: { path: [anyRoom, '^generated/'], pathNot: '^prisma/(migrate|schemaEngine|createMigration)\\.ts$' },
    },
    {
      name: 'no-test-code-in-the-product',
      comment: 'Benchmarks run modules as tests do.',
      severity: 'error',
      from: { pathNot: ['^(tests|bench)/', TEST] },
      to: { path: ['^tests/', TEST] },
    },
    {
      name: 'modules-know-no-platform',
      comment:
        'A module is called by graph, legacy path, shadow and tests alike: no queue, database, GraphQL or HTTP server in it.',
      severity: 'error',
      from: { path: '^(modules|workflow)/', pathNot: TEST },
      to: { path: 'node_modules/(bullmq|ioredis|pg|@prisma/[^/]+|graphql|graphql-yoga|@pothos/[^/]+|express|react)/' },
    },
    {
      name: 'module-contracts-import-cheaply',
      comment: 'Heavy libraries load inside run, by dynamic import.',
      severity: 'error',
      from: { path: '^(modules|workflow)/', pathNot: TEST },
      to: {
        path: 'node_modules/(sharp|occt-import-js|three|@gltf-transform/[^/]+)/',
        dynamic: false,
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'pictures-in-child-processes',
      comment: 'Sharp cannot be told to stop, and a hostile picture may take its process down.',
      severity: 'error',
      from: { pathNot: ['^modules/pictures/', '^tests/', TEST] },
      to: { path: 'node_modules/sharp/' },
    },
    {
      name: 'no-development-package-in-the-product',
      comment: '`npm start` leaves out what only development needs.',
      severity: 'error',
      from: { path: '^(modules|workflow|runtime|schema|server|worker|prisma)/', pathNot: [TEST, '/test[A-Z]'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-cycles',
      comment:
        'Of types neither: what two files share stands below both, so that each can be read after what it imports.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'features-stand-alone',
      comment: 'What two features of the console share lives in client/shared.',
      severity: 'error',
      from: { path: '^client/features/([^/]+)/' },
      to: { path: '^client/features/', pathNot: '^client/features/$1/' },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^generated/'] },
    exclude: { path: ['^dist/', '^client/gql/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
