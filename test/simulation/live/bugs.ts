/** A bug as somebody might write it: patches of the product's source, applied only where they must be noticed. */
export interface PlantedBug {
  readonly name: string;
  /** Path below `src`. */
  readonly file: string;
  readonly patches: readonly { readonly find: string; readonly replace: string }[];
}

const desk = 'execution/live/slot-desk.ts';
const executor = 'execution/live-executor.ts';
const doubt = 'execution/live/doubt.ts';
const order = 'execution/live/desk-types.ts';
const desired = 'execution/live/desired-orders.ts';
const session = 'runs/live/session.ts';
const building = 'runs/live/build-session.ts';
const journal = 'execution/journal/stored-journal.ts';

const one = (find: string, replace: string) => [{ find, replace }] as const;

export const BUGS: readonly PlantedBug[] = [
  {
    name: 'an order without an answer is sent again under a new id',
    file: desk,
    patches: one(
      "        order.state = 'in_doubt';\n        order.reason = outcome.reason;\n        this.#context.resolve(order);",
      "        order.state = 'done';\n        this.#sentEntries.delete(order.order);",
    ),
  },
  {
    name: 'an order without an answer counts as rejected',
    file: desk,
    patches: one(
      "        order.state = 'in_doubt';\n        order.reason = outcome.reason;\n        this.#context.resolve(order);",
      "        order.ended = 'rejected';\n        order.reason = outcome.reason;\n        this.settle(order);",
    ),
  },
  {
    name: 'an order that is not found never existed, however soon that was asked',
    file: doubt,
    patches: [
      { find: 'venue.time() <= fence', replace: 'venue.time() < 0' },
      { find: 'if (proofs + 1 < PROOFS)', replace: 'if (proofs + 1 < 1)' },
    ],
  },
  {
    name: 'the fence leaves out what a request may wait inside the exchange',
    file: doubt,
    patches: [
      { find: ' + ENGINE_WAIT_MS + VISIBILITY_MS', replace: ' - 5_000' },
      { find: 'const ENGINE_WAIT_MS = 10_000;', replace: '' },
      { find: 'const VISIBILITY_MS = 5_000;', replace: '' },
    ],
  },
  {
    name: 'an order is sent without its intent',
    file: executor,
    patches: one('journal.attempt(run, [', 'void (run, ['),
  },
  {
    name: 'the intent is written behind the request',
    file: executor,
    patches: [
      {
        find: 'journal.attempt(run, [',
        replace: 'const sending = send();\n    await Promise.resolve();\n    journal.attempt(run, [',
      },
      { find: 'const outcome = await send();', replace: 'const outcome = await sending;' },
    ],
  },
  {
    name: 'an intent is not synced to the disk',
    file: journal,
    patches: one('    this.flush();\n    return intents.map', '    return intents.map'),
  },
  {
    name: 'an order that cannot be cancelled never existed',
    file: desk,
    patches: one(
      'else for (const leg of legs) this.#doubt(leg, outcome.reason);',
      "else for (const leg of legs) {\n          leg.ended = 'canceled';\n          this.settle(leg);\n        }",
    ),
  },
  {
    name: 'fills of an order that is over are dropped',
    file: executor,
    patches: one(
      '    if (!order) return;\n    const { tradeId',
      '    if (!order || order.ended !== null) return;\n    const { tradeId',
    ),
  },
  {
    name: 'the status of an order counts, not its trades',
    file: order,
    patches: one('return this.ended !== null && this.booked >= this.reported;', 'return this.ended !== null;'),
  },
  {
    name: 'a fee that is taken off the bought quantity is ignored',
    file: executor,
    patches: one("return side === 'BUY' && feeAsset === base;", "return side === 'BUY' && feeAsset === base + base;"),
  },
  {
    name: 'a trade counts each time it is told',
    file: executor,
    patches: one('if (fresh) this.book(order, trade);', 'if (fresh || order) this.book(order, trade);'),
  },
  {
    name: 'one trade of each order counts',
    file: journal,
    patches: one('`fill:${fact.symbol}:${fact.tradeId}`', '`fill:${fact.symbol}:${fact.exchangeId}`'),
  },
  {
    name: 'trades are read from the last known one on',
    file: 'execution/live/trade-cursor.ts',
    patches: one('if (time < complete) last', 'if (time < complete || id >= 0) last'),
  },
  {
    name: 'a recovery reads no trades',
    file: executor,
    patches: one(
      'for (const trade of await venue.trades(symbol, from)) this.onTrade(trade);',
      'await venue.trades(symbol, from);',
    ),
  },
  {
    name: 'an exit is sent beside the stop that stands',
    file: desk,
    patches: [
      { find: "return order.leg === 'exit' && order.order === plan.order;", replace: "return order.leg !== 'entry';" },
      {
        find: 'if (open.length === 0) this.#leave',
        replace: "if (open.every(({ leg }) => leg !== 'exit')) this.#leave",
      },
    ],
  },
  {
    name: 'a new stop is placed before the old one is gone',
    file: desk,
    patches: one('    if (surplus) {', '    if (surplus && plan.groups === undefined) {'),
  },
  {
    name: 'half of the position is protected',
    file: desk,
    patches: one(
      'const quantity = formatUnits(group.quantity, instrument.quantityDecimals);',
      'const quantity = formatUnits(instrument.floorLot(group.quantity / 2), instrument.quantityDecimals);',
    ),
  },
  {
    name: 'a position whose stop is refused again and again is kept',
    file: 'execution/live/exit-guard.ts',
    patches: one(
      "if (this.#refusals === MOST_REFUSALS && leg !== 'exit') flatten(reason);",
      "if (leg === 'list') flatten(reason);",
    ),
  },
  {
    name: 'entries pass while something stands in their way',
    file: 'core/entry-gate.ts',
    patches: one('    if (this.#blocks.size === 0) return null;', '    if (this.#blocks.size >= 0) return null;'),
  },
  {
    name: 'a restart does not know the orders that were sent',
    file: building,
    patches: one('if (executor && earlier) restoreOrders', 'if (executor && !earlier) restoreOrders'),
  },
  {
    name: 'a halt is forgotten by a restart',
    file: session,
    patches: one('if (remember) this.', "if (remember && state === 'ACTIVE') this."),
  },
  {
    name: 'a stop leaves entries behind',
    file: session,
    patches: one("this.setState('REDUCE_ONLY', 'shutdown', false);", 'void this.plan;'),
  },
  {
    name: 'a block is not lifted when a doubt is over',
    file: executor,
    patches: one('cleared: (order) => this.#unblock(order),', 'cleared: () => undefined,'),
  },
  {
    name: 'something is sent before the account is recovered',
    file: executor,
    patches: one('active: () => this.#started,', 'active: () => true,'),
  },
  {
    name: 'a gap of candles is taken for a quiet market',
    file: 'data/live/series-window.ts',
    patches: one(
      '    this.#drain(out);\n  }\n\n  /** The exchange showed',
      '    if (this.#waiting.size > 0) this.acceptGap(out);\n    this.#drain(out);\n  }\n\n  /** The exchange showed',
    ),
  },
  {
    name: 'a candle that is still open decides',
    file: 'data/live/live-series.ts',
    patches: one(
      'const over = closed && eventTime >= close - 1;',
      'const over = closed || eventTime >= close - 15_000;',
    ),
  },
  {
    name: 'a pair sells twice what it should',
    file: desired,
    patches: one('      left -= quantity;', '      left -= 0 * quantity;'),
  },
];
