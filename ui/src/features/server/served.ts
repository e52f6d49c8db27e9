// Which models programs can ask, and what holds for each.

import type {
  Model,
  ModelId,
  ServedModel,
  ServedName,
  ServerSettings,
  Settings,
} from '../../contract/bindings';

/** The name for an example: of a model that is loaded, else the first. */
export function exampleName(names: readonly ServedName[], models: readonly Model[]): string | null {
  const loaded = new Set(models.filter(({ state }) => state.kind === 'ready').map(({ id }) => id));
  return (names.find(({ model }) => loaded.has(model)) ?? names[0])?.name ?? null;
}

/** What is set for a model. */
export function setFor({ models }: ServerSettings, model: ModelId): ServedModel {
  return models.find((one) => one.model === model) ?? { model, aliases: [], idle_unload_minutes: null };
}

/** The settings with a part of what is set for a model changed. */
export function withModel(
  server: ServerSettings,
  model: ModelId,
  part: Partial<Omit<ServedModel, 'model'>>,
): ServerSettings {
  const changed = { ...setFor(server, model), ...part };
  const there = server.models.some((one) => one.model === model);
  return {
    ...server,
    models: there
      ? server.models.map((one) => (one.model === model ? changed : one))
      : [...server.models, changed],
  };
}

/** Whether an idle model stays in memory, for itself or because all do. */
export function staysLoaded(server: ServerSettings, model: ModelId, generalMinutes: number): boolean {
  return (setFor(server, model).idle_unload_minutes ?? generalMinutes) === 0;
}

/** Every request needs a token. */
export const asksForToken = ({ lan, require_token }: ServerSettings): boolean => lan || require_token;

/** A change of the server's settings, made from the newest ones. */
export function changeServer(
  change: Partial<ServerSettings> | ((server: ServerSettings) => Partial<ServerSettings>),
): (newest: Settings) => Partial<Settings> {
  return ({ server }) => ({
    server: { ...server, ...(typeof change === 'function' ? change(server) : change) },
  });
}
