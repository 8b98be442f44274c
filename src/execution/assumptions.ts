import type { Instrument } from '../core/instrument.ts';
import type { Bars } from '../core/bars.ts';
import type { CostSettings, FillSettings, OrderSettings } from '../core/settings.ts';
import type { Assumption } from './types.ts';

/** What a run assumed about fills and costs, in words; what flatters the result is marked optimistic. */
export function describeAssumptions(
  spec: { readonly costs: CostSettings; readonly fills: FillSettings; readonly detail?: readonly Bars[] },
  orders: readonly OrderSettings[],
  instruments: readonly Instrument[],
): Assumption[] {
  const { costs, fills } = spec;
  const free = costs.takerPct === 0 && costs.makerPct === 0 && costs.fixedFee === 0 && costs.minFee === 0;
  const noSlip = costs.slippageBps === 0 && costs.spreadBps === 0 && costs.impactBps === 0;
  const inferred = instruments.filter((instrument) => instrument.rules.source === 'inferred');
  return [
    {
      name: 'Market orders',
      value: fills.fillAt === 'open' ? 'fill at the next open' : 'fill at the close that caused them',
      optimistic: fills.fillAt === 'close',
    },
    {
      name: 'Limit orders',
      value: fills.limitFill === 'through' ? 'fill when the price trades through them' : 'fill when touched',
      optimistic: fills.limitFill === 'touch',
    },
    { name: 'Stops', value: 'fill at the stop, or at the open of a bar that gaps past it', optimistic: false },
    { name: 'Stop and target in one bar', value: 'the stop comes first', optimistic: false },
    {
      name: 'Stops in the bar of the entry',
      value: fills.entryBarStops === 'strict' ? 'taken where they may have been hit' : 'wait for the next bar',
      optimistic: fills.entryBarStops === 'defer',
    },
    {
      name: 'Commission',
      value: `taker ${costs.takerPct}%, maker ${costs.makerPct}%${costs.fixedFee > 0 ? `, ${costs.fixedFee} per fill` : ''}${
        costs.minFee > 0 ? `, at least ${costs.minFee}` : ''
      }`,
      optimistic: free,
    },
    {
      name: 'Slippage',
      value: `${costs.slippageBps} bps, spread ${costs.spreadBps} bps, volume impact ${costs.impactBps} bps`,
      optimistic: noSlip,
    },
    {
      name: 'Volume',
      value:
        fills.volumeCap === null
          ? 'orders fill whole, whatever the volume'
          : `at most ${fills.volumeCap * 100}% of a bar`,
      optimistic: fills.volumeCap === null,
    },
    {
      name: 'Price path inside a bar',
      value: (spec.detail ?? []).length > 0 ? 'from finer bars' : 'the direction that hurts the position first',
      optimistic: false,
    },
    {
      name: 'End of data',
      value: {
        close: 'open positions are closed at the last close',
        keep: 'open positions are valued, not closed',
        open: 'open positions are closed at the last open',
      }[fills.atEnd],
      optimistic: fills.atEnd === 'open',
    },
    ...(orders.some(({ allowShort }) => allowShort)
      ? [{ name: 'Short positions', value: 'allowed, without borrowing cost; not tradable on spot', optimistic: true }]
      : []),
    {
      name: 'Trading rules',
      value:
        inferred.length === 0
          ? 'tick, lot and minimum as given by the exchange'
          : `inferred from the data for ${inferred.map((instrument) => instrument.rules.symbol).join(', ')}`,
      optimistic: false,
    },
  ];
}
