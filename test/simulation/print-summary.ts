import { summaryOf, VARIANTS } from './synthetic-runs.ts';

process.stdout.write(JSON.stringify(summaryOf(VARIANTS['everything'])));
