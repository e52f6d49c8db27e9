// What the world in memory answers to each call, complete by type.
import type { Calls, Changed, ChangeTag, ModelList, Nothing } from '../../contract/bindings';
import { HostError } from '../host';
import type { Answering } from './answering';
import { chatCalls } from './chatCalls';
import { downloadCalls } from './downloadCalls';
import { hubCalls } from './hubCalls';
import { networkCalls } from './networkCalls';
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

const LOADS_IN_STEPS = 10;

export function handlers(parts: CallParts): Handlers {
  const { world, tell } = parts;
  const changed = (tag: ChangeTag, id?: string) => tell([{ tag, ...(id !== undefined && { id }) }]);
  const list = (): ModelList => ({
    models: world.models,
    folders: world.settings.model_folders.map((path, index) => ({
      path,
      error: null,
      models: index === 0 ? world.models.filter((model) => !model.built_in).length : 0,
    })),
    rejected: [
      {
        path: '/home/ana/models/half-a-download.gguf',
        error: {
          code: 'model_damaged',
          message: 'The file ends after 1.2 GB; its header promises 4.9 GB. Download it again.',
          retryable: false,
        },
      },
    ],
  });
  const setState = (id: string, state: (typeof world.models)[number]['state']) => {
    world.models = world.models.map((model) => (model.id === id ? { ...model, state } : model));
    changed('model_state', id);
  };
  const location = () => ({ path: '/home/ana/.local/share/inglenook', from_environment: false, next: null });

  return {
    ...chatCalls(parts),
    ...hubCalls(parts),
    ...downloadCalls(parts),
    ...networkCalls(parts),
    'app.hello': () => ({
      version: '0.1.0',
      abilities: { pick_folder: false, reveal: false, open_link: false },
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
    'model.list': list,
    'model.rescan': list,
    'model.load': ({ model }) => {
      let step = 0;
      const timer = setInterval(() => {
        step += 1;
        if (step < LOADS_IN_STEPS)
          return setState(model, { kind: 'loading', fraction: step / LOADS_IN_STEPS });
        clearInterval(timer);
        setState(model, {
          kind: 'ready',
          context_length: 8192,
          memory_bytes: 3.6e9,
          unload_at: Date.now() + 900_000,
        });
      }, 200);
      setState(model, { kind: 'loading', fraction: 0 });
      return nothing;
    },
    'model.unload': ({ model }) => {
      setState(model, { kind: 'unloaded' });
      return nothing;
    },
    'model.chooseEngine': ({ model, engine }) => {
      world.chooseEngine(model, engine);
      changed('models');
      return nothing;
    },
    'model.reveal': declined,
    'folder.add': ({ path }) => {
      world.settings = { ...world.settings, model_folders: [...world.settings.model_folders, path] };
      tell([{ tag: 'settings' }, { tag: 'models' }]);
      return list();
    },
    'folder.remove': ({ path }) => {
      world.settings = {
        ...world.settings,
        model_folders: world.settings.model_folders.filter((folder) => folder !== path),
      };
      tell([{ tag: 'settings' }, { tag: 'models' }]);
      return list();
    },
    'settings.get': () => world.settings,
    'settings.save': (settings) => {
      world.settings = settings;
      changed('settings');
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
  };
}
