import { resolve } from 'node:path';
import type { OpenVenue } from '../commands/kill.ts';
import { loadConfig } from '../config/load-config.ts';

/** The venue that a kill acts on: flags first, then the config, of which nothing else needs to be right. */
export const openVenueOf: OpenVenue = async (flags, context) => {
  const { env, cwd, terminal } = context;
  const { openVenue, venueOf } = await import('./open-venue.ts');
  const { systemClock } = await import('../../data/node-ports.ts');
  const note = (text: string): void => terminal.note(text);
  const given = {
    ...(flags.url === undefined ? {} : { url: flags.url }),
    ...(flags.keysFile === undefined ? {} : { keysFile: resolve(cwd, flags.keysFile) }),
  };
  if (flags.venue !== undefined) {
    return (await openVenue({ venue: flags.venue, ...given }, env, systemClock, note)).venue;
  }
  const { config, baseDir } = loadConfig(flags.config, env, cwd);
  return (await openVenue({ ...venueOf(config, baseDir), ...given }, env, systemClock, note)).venue;
};
