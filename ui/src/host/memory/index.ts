// A host that lives in the page: for `npm run dev` and for component tests. A built page never holds it.
import type { Calls, Changed, Streams } from '../../contract/bindings';
import { HostError, type Host } from '../host';
import { Answering } from './answering';
import { handlers, type Handlers } from './calls';
import { verifying } from './verifying';
import { watchUse } from './watchUse';
import { World } from './world';

type Handler<Name extends keyof Calls> = (
  request: Calls[Name]['request'],
) => Calls[Name]['response'] | Promise<Calls[Name]['response']>;

export function memoryHost(world = new World()): Host {
  const listeners = new Set<(changes: Changed[]) => void>();
  const tell = (changes: Changed[]) => {
    queueMicrotask(() => {
      for (const listener of listeners) listener(changes);
    });
  };
  const answering = new Answering(world, tell);
  const known: Handlers = handlers({ world, answering, tell });

  return {
    kind: 'memory',
    async call<Name extends keyof Calls>(name: Name, request: Calls[Name]['request']) {
      const handler: Handler<Name> = known[name];
      await Promise.resolve();
      try {
        return structuredClone(await handler(request));
      } catch (thrown) {
        throw HostError.from(thrown);
      }
    },
    stream(name, request, { onEvent, onEnd }) {
      if (name === 'app.changes') {
        const see = onEvent as (changes: Streams['app.changes']['response']) => void;
        listeners.add(see);
        return () => listeners.delete(see);
      }
      if (name === 'hardware.watch')
        return watchUse(world, onEvent as (use: Streams['hardware.watch']['response']) => void);
      if (name === 'server.requests')
        return world.server.watch(onEvent as (event: Streams['server.requests']['response']) => void);
      if (name === 'model.verify') {
        const { model } = request as Streams['model.verify']['request'];
        const see = onEvent as (event: Streams['model.verify']['response']) => void;
        return verifying(world, model, see, (error) => onEnd?.(error));
      }
      if (name === 'desktop.drops') {
        const see = onEvent as (event: Streams['desktop.drops']['response']) => void;
        world.drops.add(see);
        return () => world.drops.delete(see);
      }
      const see = onEvent as (event: Streams['message.watch']['response']) => void;
      const { message } = request as Streams['message.watch']['request'];
      let stop = () => {};
      let over = false;
      queueMicrotask(() => {
        if (!over) stop = answering.watch(message, see, () => onEnd?.());
      });
      return () => {
        over = true;
        stop();
      };
    },
  };
}
