/**
 * Every error code of the product, with the one sentence that the documentation shows for it.
 * Codes are never reused: a retired one stays listed as such.
 */
export const ERROR_CODES = {
  VLV_BARS_SHAPE: 'Columns of a bar series differ in length or are not sorted by time.',
  VLV_TIMEFRAME: 'A timeframe is not of the form 1m, 15m, 4h, 1d, 1w or 1M, or does not fit the operation.',
  VLV_INSTRUMENT: 'The trading rules of a symbol (tick, lot, minimum) are impossible.',
  VLV_MONEY_RANGE: 'An amount left the range in which money is exact (2^53 smallest units).',
  VLV_INDICATOR_PARAMS: 'An indicator was asked for an impossible length or factor.',
  VLV_STRATEGY_PARAMS: 'A strategy parameter is unknown, of the wrong type or out of bounds.',
  VLV_STRATEGY_OUTPUT: 'A strategy returned something else than one signal of 1, 0 or -1 for each bar.',
  VLV_STRATEGY_LOAD: 'A strategy file or class could not be found or loaded.',
  VLV_SETTINGS: 'A setting of the backtester is impossible.',
  VLV_TRADE_SIGNAL: 'A trade signal names an unknown symbol or time, or an impossible quantity or price.',
  VLV_ORDER_STATE: 'A venue answer speaks of an order that was never sent.',
  VLV_CONFIG: 'The configuration has a wrong key, type or value.',
  VLV_CONFIG_FILE: 'The configuration file could not be found or read.',
  VLV_CONFIG_ENV: 'The configuration refers to an environment variable that is not set.',
  VLV_USAGE: 'A command was called with wrong arguments.',
  VLV_DATA_FILE: 'A data file could not be found, read or written.',
  VLV_DATA_FORMAT: 'The format or column layout of a data file is not known or ambiguous.',
  VLV_DATA_VALUE: 'A data file holds a value that is not a number or a time.',
  VLV_DATA_DEFECT: 'Bars have a defect that only --strict refuses or that no reader may repair.',
  VLV_DATA_GAP: 'Bars are missing where a run needs them.',
  VLV_DATA_NONE: 'No bars are stored for the symbol and timeframe.',
  VLV_LAKE_LOCKED: 'Another process is writing to the same history file.',
  VLV_FEED_HTTP: 'The exchange answered with an error that retrying does not cure.',
  VLV_FEED_BANNED: 'The exchange has banned this address for a while.',
  VLV_FEED_NETWORK: 'The exchange could not be reached.',
  VLV_FEED_SYMBOL: 'The exchange does not know the symbol or the interval.',
  VLV_CHECKSUM: 'A downloaded archive does not match its published checksum.',
  VLV_CAUSALITY: 'A strategy used bars that were not closed when it decided.',
  VLV_FEED_SOCKET: 'A stream of the exchange could not be opened or fell silent.',
  VLV_CLOCK_SKEW: 'The clock of this machine differs too much from that of the exchange.',
  VLV_VENUE_KEYS: 'The API keys of an account could not be read, or their file may be read by others.',
  VLV_VENUE_PERMISSION: 'The API key may do more than trading, or its permissions cannot be read.',
  VLV_VENUE_UNSUPPORTED: 'The exchange lacks something that the configuration needs.',
  VLV_VENUE_REQUEST: 'A query to the exchange failed.',
  VLV_LIVE_REFUSED: 'Live trading was not started, because a condition for it does not hold.',
  VLV_JOURNAL: 'The journal could not be opened, written or read.',
  VLV_JOURNAL_BROKEN: 'The journal was altered or damaged: its hash chain does not hold.',
  VLV_INSTANCE: 'Another engine already runs on the same account.',
  VLV_RECOVERY: 'Books and exchange do not agree, and nothing known explains the difference.',
  VLV_CONTROL: 'No running engine could be reached, or it refused the request.',
  VLV_STRATEGY_FAILED: 'A strategy threw an error or did not answer in time, and was stopped.',
  VLV_EXCHANGE_SETUP: 'The local exchange was given an impossible set-up.',
  VLV_INTERRUPTED: 'The command was interrupted; what was finished is kept.',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

export interface ErrorDetails {
  /** Where it was found: a file with line and column, a symbol, a config key. */
  readonly where?: string;
  /** What the reader can do about it. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/**
 * An error with a stable code, for everything a caller did not expect.
 * Expected outcomes (a refused order, an empty result) are values, never this.
 * The message quotes the offending value and says what was expected; `where` and `hint` complete it.
 */
export class ValvulinError extends Error {
  override readonly name = 'ValvulinError';
  readonly code: ErrorCode;
  readonly where: string | undefined;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.where = details.where;
    this.hint = details.hint;
  }
}
