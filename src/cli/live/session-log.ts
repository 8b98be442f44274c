import { strategyKey } from '../../core/config/index.ts';
import type { FillFact } from '../../core/order.ts';
import type { Trade } from '../../core/trade.ts';
import type { Log, LogFields } from '../../runs/log.ts';
import type { SessionEvent } from '../../runs/live/session.ts';

/** How a session's numbers are told to people. */
export interface EventNames {
  readonly fill: (fill: FillFact) => LogFields;
  /** Such as `BTCUSDT:1h:ema-macd`. */
  readonly slot: (index: number) => string;
}

/** Tells of a session in the log's words. What comes with every bar is told for who asks for details only. */
export function logSessionEvent(log: Log, event: SessionEvent, names: EventNames): void {
  switch (event.kind) {
    case 'input':
      return logInput(log, event.input, names);
    case 'trade':
      return logTrade(log, event.trade);
    case 'recovered': {
      const { lookedUp, report } = event;
      if (lookedUp === null) log.debug('recovered', { ...report });
      else log.info('recovered', { lookedUp, ...report });
      return;
    }
    case 'alert': {
      const { level, code, detail } = event.alert;
      const name = code.toLowerCase();
      if (level === 'critical') log.error(name, { detail }, detail);
      else if (level === 'warning') log.warn(name, { detail }, detail);
      else log.info(name, { detail }, detail);
      return;
    }
    case 'feed':
      return logFeed(log, event.event);
    case 'missing':
      return log.warn('bars_missing', { at: new Date(event.time), streams: event.streams }, event.streams.join());
    case 'resumed':
      return log.info('resumed', { runs: event.runs, inputs: event.inputs });
    case 'failed':
      return log.error('failed', { error: event.error });
    default:
      return unreachable(event);
  }
}

function logInput(log: Log, input: (SessionEvent & { kind: 'input' })['input'], names: EventNames): void {
  const plain = (fields: object): LogFields => {
    const { time: at, ...rest } = fields as { readonly time?: number } & Record<string, unknown>;
    return { ...(at === undefined ? {} : { at: new Date(at) }), ...rest };
  };
  switch (input.kind) {
    case 'fill':
      return log.info('fill', names.fill(input.fill));
    case 'end':
      return log.info('order_ended', plain(input.end));
    case 'answer':
      return log.info(
        'signal',
        plain({ time: input.time, strategy: names.slot(input.answer.slot), signal: input.answer.signal }),
      );
    case 'operator':
      return log.info('trading_state', plain({ time: input.time, state: input.state, by: input.by }));
    case 'block': {
      const { symbol, reason, on } = input;
      return log.info(on ? 'entries_blocked' : 'entries_free', { symbol, reason }, `${symbol} ${reason}`);
    }
    case 'exit':
      return log.warn(
        'position_left',
        plain({ time: input.time, strategy: names.slot(input.slot), reason: input.reason }),
      );
    case 'slice':
      return log.debug('slice', { at: new Date(input.time), bars: input.bars.length, late: input.late });
    default:
      return log.debug(input.kind, plain(input));
  }
}

function logTrade(log: Log, trade: Trade): void {
  const { symbol, timeframe, strategy, exitTime, side, quantity, entryPrice, exitPrice, profit, fees, exitReason } =
    trade;
  log.info('trade', {
    at: new Date(exitTime),
    strategy: strategyKey({ symbol, timeframe, name: strategy }),
    side,
    quantity,
    entryPrice,
    exitPrice,
    profit,
    fees,
    exitReason,
  });
}

function logFeed(log: Log, event: (SessionEvent & { kind: 'feed' })['event']): void {
  if (event.kind === 'health' || event.kind === 'connection') {
    const good = event.kind === 'health' ? event.healthy : event.up;
    const symbol = event.kind === 'health' ? event.symbol : null;
    const fields = { symbol, reason: event.reason };
    if (good) log.info(`feed_${event.kind}`, { ...fields, good });
    else log.warn(`feed_${event.kind}`, { ...fields, good }, event.reason);
  } else if (event.kind === 'gap' || event.kind === 'revision') {
    const { kind, time: at, ...fields } = event;
    log.warn(`feed_${kind}`, { at: new Date(at), ...fields });
  }
}

function unreachable(event: never): never {
  throw new TypeError(`Unknown session event: ${JSON.stringify(event)}`);
}
