// Models and their folders in the world in memory.
import type { ChangeTag, Model, ModelId } from '../../contract/bindings';
import { HostError } from '../host';
import type { CallParts, Handlers } from './calls';
import { listOf, namedFolder } from './library';
import { missing } from './world';

const HUB = 'huggingface.co';
const LOADS_IN_STEPS = 10;

type ModelCalls = Extract<keyof Handlers, `model.${string}` | `folder.${string}`>;

export function modelCalls(
  { world, tell }: CallParts,
  start: Handlers['download.start'],
): Pick<Handlers, ModelCalls> {
  const changed = (tag: ChangeTag, id?: string) => tell([{ tag, ...(id !== undefined && { id }) }]);
  const list = () => listOf(world);
  const find = (id: ModelId): Model => {
    const model = list().models.find((one) => one.id === id);
    if (!model) throw missing('model');
    return model;
  };
  const change = (id: ModelId, part: Partial<Model>) => {
    world.models = world.models.map((model) => (model.id === id ? { ...model, ...part } : model));
  };
  const setState = (id: ModelId, state: Model['state']) => {
    change(id, { state });
    changed('model_state', id);
  };
  const folders = (part: Partial<Pick<typeof world.settings, 'model_folders' | 'ignored_folders'>>) => {
    world.settings = { ...world.settings, ...part };
    tell([{ tag: 'settings' }, { tag: 'models' }]);
    return list();
  };

  return {
    'model.list': list,
    'model.rescan': list,
    'model.load': ({ model }) => {
      if (find(model).state.kind === 'away')
        throw new HostError({
          code: 'model_missing',
          message: 'The disk of this model is not connected.',
          retryable: true,
        });
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
      return {};
    },
    'model.unload': ({ model }) => {
      setState(model, { kind: 'unloaded' });
      return {};
    },
    'model.chooseEngine': ({ model, engine }) => {
      world.chooseEngine(model, engine);
      changed('models');
      return {};
    },
    'model.reveal': () => {
      throw new HostError({ code: 'unavailable', message: 'A browser cannot do this.', retryable: false });
    },
    'model.delete': ({ model }) => {
      const { undeletable, size_bytes } = find(model);
      if (undeletable !== null)
        throw new HostError({ code: 'invalid_request', message: undeletable, retryable: false });
      world.models = world.models.filter(({ id }) => id !== model);
      changed('models');
      return { bytes: size_bytes };
    },
    'model.findUpdates': () => {
      world.contact(HUB, 'looking for newer versions', 9_000);
      const known = list().models.filter(({ origin }) => origin !== null);
      for (const { id, origin } of known) {
        const newest = world.newerOnHub.get(origin?.repo ?? '');
        change(id, { update: newest && newest.commit !== origin?.commit ? newest : null });
      }
      changed('models');
      const newer = list().models.filter(({ update }) => update !== null).length;
      return { looked_up: known.length, newer, failed: [] };
    },
    'model.update': ({ model }) => {
      const { origin, update, quantisation } = find(model);
      if (!origin || !update) throw missing('newer version');
      return start({ repo: origin.repo, revision: update.commit, item: null, quantisation });
    },
    'folder.add': ({ path }) => {
      const folder = namedFolder(path);
      const { model_folders, ignored_folders } = world.settings;
      // Whoever names a folder wants it, another program's too.
      if (ignored_folders.includes(folder))
        return folders({ ignored_folders: ignored_folders.filter((one) => one !== folder) });
      const known = list().folders.some((one) => one.path === folder);
      return folders({ model_folders: known ? model_folders : [...model_folders, folder] });
    },
    'folder.use': ({ path, used }) => {
      const others = world.settings.ignored_folders.filter((folder) => folder !== path);
      return folders({ ignored_folders: used ? others : [...others, path] });
    },
    'folder.remove': ({ path }) =>
      folders({ model_folders: world.settings.model_folders.filter((folder) => folder !== path) }),
  };
}
