import { GatewayError } from '../../core/errors.ts';
import { Changes } from '../changes.ts';
import { endpoint, text } from '../endpoint.ts';
import type { AdminSources } from '../sources.ts';

const EVENTS = 'text/event-stream';

/** One for all that listen to a server. */
const known = new WeakMap<AdminSources, Changes>();

function changesOf(sources: AdminSources): Changes {
  const changes = known.get(sources) ?? new Changes(sources);
  known.set(sources, changes);
  return changes;
}

export const changeEndpoints = [
  endpoint(
    {
      method: 'get',
      path: '/admin/v1/events',
      summary: 'Says what has changed, as it changes: an event stream of lists of `state`, `requests`, `keys`, `rules`',
      answer: { status: 200, types: [EVENTS] },
    },
    ({ sources }) => {
      if (!sources.isLive) {
        const message = 'On this runtime nothing lasts beyond its request; ask again and again instead';
        throw new GatewayError('unsupported', message, { code: 'events_unavailable' });
      }
      return text(changesOf(sources).listen(), EVENTS);
    },
  ),
];
