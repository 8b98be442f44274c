export { type HtmlReportOptions, writeHtmlReport } from './html-report.ts';
