import type { Claim } from './claim.ts';

export interface ManifestInput {
  readonly packageName: string;
  readonly version: string;
  readonly claim: Claim;
  readonly dataset: string;
  /** Bundled, by name. */
  readonly dependencies: Readonly<Record<string, string>>;
}

/** The package's package.json. */
export function manifest({ packageName, version, claim, dataset, dependencies }: ManifestInput): object {
  const gain =
    claim.speedup && claim.speedup.value > 1 ? `, ${claim.speedup.value.toFixed(2)} times its seed on ${dataset}` : '';
  return {
    name: packageName,
    version,
    description: `An approximate nearest-neighbour index found by Annvil${gain}`,
    license: 'MIT',
    keywords: ['approximate nearest neighbours', 'vector search', 'ann'],
    os: ['linux'],
    engines: { node: '>=20' },
    main: './index.cjs',
    types: './index.d.cts',
    exports: {
      '.': {
        import: { types: './index.d.mts', default: './index.mjs' },
        require: { types: './index.d.cts', default: './index.cjs' },
      },
      './package.json': './package.json',
      './EVIDENCE.json': './EVIDENCE.json',
    },
    gypfile: true,
    scripts: {
      install: 'node install.cjs',
      verify: 'node verify/verify.mjs',
      example: 'node examples/node/example.mjs',
    },
    files: [
      ...[
        'index.*',
        'arguments.cjs',
        'install.cjs',
        'binding.gyp',
        '*.index',
        'include',
        'src',
        'prebuilds',
        'CMakeLists.txt',
        'cmake',
        'examples',
        'python',
      ],
      ...['ann-benchmarks', 'verify', '!verify/data', '!**/build', '!**/__pycache__', 'EVIDENCE.*', 'plot.svg'],
    ],
    dependencies,
    bundleDependencies: Object.keys(dependencies),
  };
}
