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
    case 'input': {
      logInput(log, event.input, names);
      return;
    }
    case 'trade': {
      logTrade(log, event.trade);
      return;
    }
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
    case 'feed': {
      logFeed(log, event.event);
      return;
    }
    case 'missing': {
      log.warn('bars_missing', { at: new Date(event.time), streams: event.streams }, event.streams.join());
      return;
    }
    case 'resumed': {
      log.info('resumed', { runs: event.runs, inputs: event.inputs });
      return;
    }
    case 'failed': {
      log.error('failed', { error: event.error });
      return;
    }
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
    case 'fill': {
      log.info('fill', names.fill(input.fill));
      return;
    }
    case 'end': {
      log.info('order_ended', plain(input.end));
      return;
    }
    case 'answer': {
      log.info(
        'signal',
        plain({ time: input.time, strategy: names.slot(input.answer.slot), signal: input.answer.signal }),
      );
      return;
    }
    case 'operator': {
      log.info('trading_state', plain({ time: input.time, state: input.state, by: input.by }));
      return;
    }
    case 'block': {
      const { symbol, reason, on } = input;
      log.info(on ? 'entries_blocked' : 'entries_free', { symbol, reason }, `${symbol} ${reason}`);
      return;
    }
    case 'exit': {
      log.warn('position_left', plain({ time: input.time, strategy: names.slot(input.slot), reason: input.reason }));
      return;
    }
    case 'slice': {
      log.debug('slice', { at: new Date(input.time), bars: input.bars.length, late: input.late });
      return;
    }
    default: {
      log.debug(input.kind, plain(input));
      return;
    }
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
