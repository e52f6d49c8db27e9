// What the chat needs to know of its model.

import type { Model, ModelList, Parameters } from '../../contract/bindings';

export function modelOf(list: ModelList | undefined, id: string | null): Model | null {
  return list?.models.find((model) => model.id === id) ?? null;
}

/** Tokens that the model holds, or will hold when it is loaded; `null` where only loading tells. */
export function contextLength(
  model: Model | null,
  parameters: Parameters,
  defaults: Parameters,
): number | null {
  if (model?.state.kind === 'ready') return model.state.context_length;
  return parameters.context_length ?? defaults.context_length;
}

/** Whether the model reasons aloud in this chat; `null` where it cannot. Unless told to, it does not. */
export function thinks(model: Model | null, parameters: Parameters, defaults: Parameters): boolean | null {
  if (!model?.thinks || !model.takes.includes('thinking')) return null;
  return parameters.thinking ?? defaults.thinking ?? false;
}
