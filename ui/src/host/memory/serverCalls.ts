// The calls about the local server in the world in memory.
import type { ServerStatus } from '../../contract/bindings';
import { nothing, type CallParts, type Handlers } from './calls';
import { listOf } from './library';
import { servedNames } from './localServer';
import { missing } from './world';

type ServerCalls = Extract<keyof Handlers, `server.${string}`>;

export function serverCalls({ world, tell }: CallParts): Pick<Handlers, ServerCalls> {
  const { server } = world;
  const changed = () => tell([{ tag: 'server' }]);
  const status = (): ServerStatus => ({
    state: server.state,
    names: servedNames(listOf(world).models, world.settings.server),
  });

  return {
    'server.status': status,
    'server.switch': ({ on }) => {
      if (on) server.open(world.settings.server);
      else server.state = { kind: 'off' };
      changed();
      return status();
    },
    'server.tokens': () => server.tokens,
    'server.makeToken': (wanted) => {
      const made = server.makeToken(wanted);
      changed();
      return made;
    },
    'server.revokeToken': ({ token }) => {
      if (!server.tokens.some(({ id }) => id === token)) throw missing('token');
      server.tokens = server.tokens.filter(({ id }) => id !== token);
      changed();
      return nothing;
    },
    'server.clearRequests': () => {
      server.requests = server.requests.filter(({ ended }) => !ended);
      return nothing;
    },
  };
}
