import { type Config, orderSettings, strategyKey } from '../../core/config/index.ts';
import { ValvulinError } from '../../core/errors.ts';

/**
 * What must hold before real orders are sent, whatever the exchange says.
 * @throws ValvulinError `VLV_LIVE_REFUSED` naming the strategy and what to change
 */
export function checkLiveConditions(config: Config): void {
  const { execution } = config;
  if (execution.mode !== 'live') {
    throw new ValvulinError('VLV_LIVE_REFUSED', `Expected execution.mode "live", got "${execution.mode}"`, {
      where: 'execution.mode',
      hint: 'Orders with real money are sent where the config says so, never by a flag alone.',
    });
  }
  if (execution.venue === 'paper') {
    throw new ValvulinError('VLV_LIVE_REFUSED', 'Expected an exchange, got "paper"', {
      where: 'execution.venue',
      hint: 'Write binance-testnet or binance-demo to practise, or mode: paper to simulate fills.',
    });
  }
  for (const entry of config.strategies) {
    const orders = orderSettings(config, entry);
    const where = strategyKey(entry);
    if (orders.allowShort) {
      throw new ValvulinError('VLV_LIVE_REFUSED', 'Expected allow_short: false: a spot account cannot go short', {
        where,
      });
    }
    if (orders.stop === null && orders.trailingStop === null) {
      throw new ValvulinError('VLV_LIVE_REFUSED', 'Expected a stop, got none', {
        where,
        hint: 'Write stop: { percent: 3 } for the strategy, or risk.default_stop for all of them.',
      });
    }
  }
}
