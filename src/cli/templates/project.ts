import { dependencyVersion, packageVersion } from '../../runs/version.ts';
import { strategyTestText, strategyText } from './strategy.ts';

/** The files of a new project, by their path in it. */
export function projectFiles(name: string): ReadonlyMap<string, string> {
  return new Map([
    ['package.json', packageText(name)],
    ['tsconfig.json', TSCONFIG],
    ['.gitignore', 'node_modules/\ndata/\nanalytics/plots_output/\n.env\n'],
    ['config.yaml', CONFIG],
    ['strategies/my-strategy.ts', strategyText('my-strategy')],
    ['strategies/my-strategy.test.ts', strategyTestText('my-strategy')],
    ['README.md', readmeText(name)],
  ]);
}

function packageText(name: string): string {
  const content = {
    name,
    version: '0.0.0',
    private: true,
    type: 'module',
    scripts: {
      start: 'valvulin backtest',
      test: 'node --import tsx --test "strategies/*.test.ts"',
    },
    dependencies: {
      tsx: dependencyVersion('tsx'),
      valvulin: `^${packageVersion()}`,
    },
    devDependencies: { '@types/node': dependencyVersion('@types/node') },
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

const TSCONFIG = `{
  "compilerOptions": {
    "target": "ES2023",
    "lib": ["ES2023"],
    "module": "NodeNext",
    "types": ["node"],
    "strict": true,
    "noImplicitOverride": true,
    "allowImportingTsExtensions": true,
    "noEmit": true,
    "skipLibCheck": true
  },
  "include": ["strategies"]
}
`;

const CONFIG = `# yaml-language-server: $schema=./node_modules/valvulin/config.schema.json
version: 1

data_feeds:
  # An invented market, so that the first backtest needs no download. Its results say nothing about real markets.
  - { name: synthetic, type: synthetic, params: { seed: 7, timeframe: 1h, bars: 8760 } }
  # For real data, run "npx valvulin download BTCUSDT 1h --since 2024-01-01" and use this feed instead:
  # - { name: binance-public, type: binance-public, symbols: [BTCUSDT], params: { data_dir: data/history } }

strategies:
  - name: my-strategy
    symbol: BTCUSDT
    timeframe: 1h
    handler: ./strategies/my-strategy.ts:MyStrategy
    parameters: { length: 50 }

risk: { max_position: 1, default_stop: { atr: 3 } }

execution: { capital: 10000, quote: USDT, commission_pct: 0.1, slippage_bps: 2 }

backtester: { rr_ratio: 3 }
`;

function readmeText(name: string): string {
  return `# ${name}

\`\`\`sh
npm install
npm test         # the tests of your strategies
npm start        # backtests config.yaml and writes a report
\`\`\`

- \`strategies/my-strategy.ts\` is a strategy; \`npx valvulin strategies new NAME\` starts another one beside it.
- \`config.yaml\` says what runs on which symbol; \`npx valvulin config check\` finds mistakes in it.
- The data is invented until you download some: \`npx valvulin download BTCUSDT 1h --since 2024-01-01\`, then change the
  feed in \`config.yaml\`.
`;
}
