// What the world in memory answers to each call, complete by type.
import type { Calls, Changed, ChangeTag, Nothing } from '../../contract/bindings';
import { HostError } from '../host';
import type { Answering } from './answering';
import { chatCalls } from './chatCalls';
import { downloadCalls } from './downloadCalls';
import { hubCalls } from './hubCalls';
import { modelCalls } from './modelCalls';
import { networkCalls } from './networkCalls';
import { serverCalls } from './serverCalls';
import type { World } from './world';

export type Handlers = {
  [Name in keyof Calls]: (
    request: Calls[Name]['request'],
  ) => Calls[Name]['response'] | Promise<Calls[Name]['response']>;
};

export interface CallParts {
  world: World;
  answering: Answering;
  tell: (changes: Changed[]) => void;
}

export const nothing: Nothing = {};

const declined = () => {
  throw new HostError({ code: 'unavailable', message: 'A browser cannot do this.', retryable: false });
};

export function handlers(parts: CallParts): Handlers {
  const { world, tell } = parts;
  const changed = (tag: ChangeTag, id?: string) => tell([{ tag, ...(id !== undefined && { id }) }]);
  const location = () => ({ path: '/home/ana/.local/share/inglenook', from_environment: false, next: null });

  const downloads = downloadCalls(parts);

  return {
    ...chatCalls(parts),
    ...hubCalls(parts),
    ...downloads,
    ...modelCalls(parts, downloads['download.start']),
    ...networkCalls(parts),
    ...serverCalls(parts),
    'app.hello': () => ({
      version: '0.1.0',
      abilities: world.abilities,
      settings: world.settings,
      data: location(),
      notices: world.notices,
    }),
    'app.notices': () => world.notices,
    'app.dismissNotices': () => {
      world.notices = [];
      changed('status');
      return nothing;
    },
    'app.backups': () => [],
    'app.restoreBackup': () => nothing,
    'settings.get': () => world.settings,
    'settings.save': (settings) => {
      world.settings = settings;
      changed('settings');
      // What it was opened with may be another now.
      if (world.server.state.kind !== 'off') {
        world.server.open(settings.server);
        changed('server');
      }
      return settings;
    },
    'settings.data': location,
    'settings.moveData': ({ path }) => ({ ...location(), next: path }),
    'hardware.get': () => world.hardware,
    'hardware.loads': () => world.loads,
    'hardware.retryKernels': () => {
      world.hardware = { ...world.hardware, kernels: { ...world.hardware.kernels, crashed: null } };
      changed('status');
      return nothing;
    },
    'desktop.pickFolder': declined,
    'desktop.openLink': declined,
    'desktop.startAtLogin': () => ({ on: world.startsAtLogin }),
    'desktop.setStartAtLogin': ({ on }) => {
      world.startsAtLogin = on;
      return nothing;
    },
  };
}
