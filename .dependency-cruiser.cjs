// The floors of src, roof to ground: a room imports lower floors and libs, never its own floor or one above.
const floors = [
  ['config'],
  ['cluster', 'database', 'http', 'redis', 'telemetry'],
  ['auth', 'cache', 'rate-limit', 'services'],
  ['analytics', 'audit', 'discovery', 'health', 'identity', 'metrics', 'openapi', 'resilience'],
  ['proxy'],
  ['admin', 'console'],
  ['cli'],
];
const rooms = (upwards) => `^src/(${upwards.flat().join('|')})/`;
const rule = (name, from, to) => ({ name, severity: 'error', from, to });

module.exports = {
  forbidden: [
    // The exchange and the contracts that take it name each other: types only, gone at run time.
    rule('no-circular', {}, { circular: true, viaOnly: { pathNot: '^libs/kernel/src/(contracts|exchange)[.]ts$' } }),
    rule('no-unresolvable', {}, { couldNotResolve: true }),
    rule('libs-are-pure', { path: '^libs/' }, { path: '^src/|node_modules/(@nestjs|@?fastify)/' }),
    rule('libs-know-only-kernel', { path: '^libs/(?!testing)([^/]+)/', pathNot: '[.](spec|fixture)[.]ts$' }, { path: '^libs/', pathNot: '^libs/($1|kernel)/' }),
    rule('testing-is-for-tests', { path: '^(src|libs)/', pathNot: '^libs/testing/|[.](spec|fixture)[.]ts$' }, { path: '^libs/testing/' }),
    rule('one-door', { path: '^(libs/[^/]+|src|test)/' }, { path: '^libs/[^/]+/src/(?!index[.]ts$)', pathNot: '^$1/' }),
    rule('roof-is-closed', { path: '^src/(?!cli/)[^/]+/' }, { path: '^src/[^/]+[.]ts$' }),
    rule('no-dev-dependencies', { path: '^(src|libs)/', pathNot: '^libs/testing/|[.](spec|fixture)[.]ts$' }, { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] }),
    ...floors.map((floor, i) => rule(`floor-${i}-looks-down`, { path: `^src/(${floor.join('|')})/` }, { path: rooms(floors.slice(i)), pathNot: '^src/$1/' })),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // The parser does not know `await using` yet, which specs are full of.
    exclude: { path: '[.]spec[.]ts$' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['source', 'import', 'default'] },
  },
};
