// What the world in memory shows of its models: those in the folders in which it looks.
import type { ErrorInfo, Model, ModelFolder, ModelList } from '../../contract/bindings';
import { folderOf, liesIn } from '../../data/paths';
import { HostError } from '../host';
import { FOLDERS, PROGRAMS } from './modelSeed';
import type { World } from './world';

const DAMAGED: ErrorInfo = {
  code: 'model_damaged',
  message: 'The file ends after 1.2 GB; its header promises 4.9 GB. Download it again.',
  retryable: false,
};

export function listOf(world: World): ModelList {
  const { model_folders, ignored_folders } = world.settings;
  const persons = model_folders.map((path) => ({ path, owner: 'added' as const }));
  const all = [...FOLDERS, ...persons, ...PROGRAMS];
  // Where one folder lies in another, the first of the list has what is in both.
  const holding = (model: Model) => all.find(({ path }) => liesIn(model.path, path))?.path;
  const folders = all.map(({ path, owner }): ModelFolder => {
    const inside = world.models.filter((model) => holding(model) === path);
    const ignored = ignored_folders.includes(path);
    return {
      path,
      owner,
      error: null,
      away: world.awayFolders.includes(path),
      ignored,
      models: ignored ? 0 : inside.length,
      size_bytes: ignored ? 0 : inside.reduce((sum, { size_bytes }) => sum + size_bytes, 0),
    };
  });
  const of = (model: Model) => folders.find(({ path }) => path === holding(model));
  return {
    models: world.models
      .filter((model) => of(model)?.ignored === false)
      .map((model) => (of(model)?.away ? { ...model, state: { kind: 'away' } } : model)),
    folders,
    rejected: model_folders.includes('/home/ana/models')
      ? [{ path: '/home/ana/models/half-a-download.gguf', error: DAMAGED }]
      : [],
  };
}

/** The folder that a path names: of a file the one in which it lies. */
export function namedFolder(path: string): string {
  if (!path.startsWith('/'))
    throw new HostError({
      code: 'invalid_request',
      message: 'A folder is named by its whole path, from the root of its disk.',
      retryable: false,
    });
  const bare = path.length > 1 ? path.replace(/\/+$/, '') : path;
  return /\.(?:gguf|safetensors)$/i.test(bare) ? folderOf(bare) : bare;
}
