// Who may import whom, ground floor first. Each room lists what it may use; everything else inside src/ is illegal.
// Test files beside their source may also use test/ and any room: they are no part of the product.
const ROOMS = {
  indicators: [],
  core: ['indicators'],
  strategies: ['core', 'indicators'],
  data: ['core'],
  analytics: ['core', 'indicators'],
  execution: ['core', 'data'],
  exchange: ['core', 'execution'],
  runs: ['core', 'data', 'strategies', 'execution', 'analytics'],
  alerts: ['core', 'analytics'],
  dashboard: ['runs', 'data', 'analytics'],
};

/** Single files of a room that another room may use beside its list, and whether only their types. */
const FILES = [
  { from: 'execution', to: '^src/strategies/base\\.ts$' },
  { from: 'alerts', to: '^src/execution/journal' },
  { from: 'dashboard', to: '^src/execution/journal' },
  { from: 'analytics', to: '^src/(execution|runs)/types\\.ts$', typesOnly: true },
];

const ZOD = { core: '^src/core/config/', strategies: '^src/strategies/' };
const PURE = ['indicators', 'core', 'strategies'];
const tests = '\\.test\\.ts$';

function roomRule(room, uses) {
  const files = FILES.filter(({ from }) => from === room);
  return {
    name: `layers-${room}`,
    comment: `${room} may import: ${uses.length > 0 ? uses.join(', ') : 'nothing'}`,
    severity: 'error',
    from: { path: `^src/${room}/`, pathNot: tests },
    to: { path: '^src/', pathNot: [...[room, ...uses].map((name) => `^src/${name}/`), ...files.map(({ to }) => to)] },
  };
}

const typesOnly = FILES.filter((file) => file.typesOnly).map(({ from, to }) => ({
  name: `types-only-${from}`,
  comment: `${from} may use these files for their types only`,
  severity: 'error',
  from: { path: `^src/${from}/`, pathNot: tests },
  to: { path: to, dependencyTypesNot: ['type-only'] },
}));

const pure = PURE.map((room) => ({
  name: `pure-${room}`,
  comment: `${room} is pure: no node: modules, and no package${ZOD[room] ? ` but zod in ${ZOD[room]}` : ''}`,
  severity: 'error',
  from: { path: `^src/${room}/`, pathNot: tests },
  to: {
    dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'unknown'],
    pathNot: 'zod',
  },
}));

// Strategies may use it everywhere: their parameters are schemas.
const zod = ['indicators', 'core'].map((room) => ({
  name: `zod-${room}`,
  severity: 'error',
  from: { path: `^src/${room}/`, pathNot: [tests, ...(ZOD[room] ? [ZOD[room]] : [])] },
  to: { path: '(^|/)zod(/|$)' },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...Object.entries(ROOMS).map(([room, uses]) => roomRule(room, uses)),
    ...typesOnly,
    ...pure,
    ...zod,
    {
      name: 'known-rooms',
      comment: 'A new room is listed in this file first, with what it may import',
      severity: 'error',
      from: {},
      to: { path: '^src/[^/]+/', pathNot: `^src/(${[...Object.keys(ROOMS), 'cli'].join('|')})/` },
    },
    {
      name: 'product-imports-no-tests',
      severity: 'error',
      from: { path: '^(src|bin)/', pathNot: tests },
      to: { path: ['^(test|bench|scripts|examples)/', tests] },
    },
    {
      name: 'no-dev-packages',
      comment: 'What the product imports is in "dependencies", or in "peerDependencies" where the user brings it',
      severity: 'error',
      from: { path: '^(src|bin)/', pathNot: tests },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'unknown'],
        dependencyTypesNot: ['type-only', 'npm-peer'],
      },
    },
    {
      name: 'no-unresolved',
      severity: 'error',
      from: { path: '^(src|bin)/' },
      to: { couldNotResolve: true },
    },
    {
      name: 'no-cycles',
      comment: 'Files that need each other are one file, or share a third',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js'],
    },
  },
};
