// Downloads in the world in memory: one after another, at a speed that one can watch.
import type { Download, DownloadState, ModelId } from '../../contract/bindings';
import { HostError } from '../host';
import type { CallParts, Handlers } from './calls';
import { items, recommended, rows } from './hubSeed';
import { fetchedModel, NEWEST } from './modelSeed';
import { missing } from './world';

const EVERY_MS = 500;
const BYTES_PER_S = 38e6;

type DownloadCalls = Extract<keyof Handlers, `download.${string}`>;

export function downloadCalls({ world, tell }: CallParts): Pick<Handlers, DownloadCalls> {
  let timer: ReturnType<typeof setInterval> | undefined;

  const find = (id: string): Download => {
    const download = world.downloads.find((one) => one.id === id);
    if (!download) throw missing('download');
    return download;
  };
  const change = (id: string, part: Partial<Download>) => {
    world.downloads = world.downloads.map((one) => (one.id === id ? { ...one, ...part } : one));
    tell([{ tag: 'downloads' }]);
    go();
  };
  const is = (kind: DownloadState['kind']) => (one: Download) => one.state.kind === kind;

  /** What came is a model now: a new one, or the one whose files it brought anew. */
  const placed = ({ id, repo, name, quantisation, size_bytes }: Download): ModelId => {
    const origin = { repo, commit: NEWEST, finished_at: Date.now() };
    const renewed = world.renewing.get(id);
    if (renewed !== undefined && world.models.some((model) => model.id === renewed)) {
      world.broken.delete(renewed);
      world.models = world.models.map((model) =>
        model.id === renewed ? { ...model, origin, update: null } : model,
      );
      return renewed;
    }
    const model = id.replaceAll('-', '').slice(-16);
    world.models = [...world.models, fetchedModel(model, name, { origin, quantisation, size_bytes })];
    return model;
  };

  const step = () => {
    const running = world.downloads.find(is('running'));
    if (!running) return;
    const done = Math.min(running.size_bytes, running.done_bytes + (BYTES_PER_S * EVERY_MS) / 1000);
    if (done < running.size_bytes) {
      change(running.id, { done_bytes: done, state: { kind: 'running', bytes_per_s: BYTES_PER_S } });
      return;
    }
    const model = placed(running);
    tell([{ tag: 'models' }]);
    change(running.id, { done_bytes: done, state: { kind: 'done', model } });
  };

  /** One at a time; nothing ticks while nothing is to be done. */
  function go(): void {
    const next = world.downloads.find(is('queued'));
    if (!world.downloads.some(is('running')) && next)
      change(next.id, { state: { kind: 'running', bytes_per_s: null } });
    const busy = world.downloads.some(is('running'));
    if (busy) timer ??= setInterval(step, EVERY_MS);
    else {
      clearInterval(timer);
      timer = undefined;
    }
  }

  return {
    'download.list': () => world.downloads,
    'download.start': ({ repo, item, quantisation }) => {
      world.contact('huggingface.co', 'a download', 0);
      const row = rows().find((one) => one.repo === repo);
      if (!row) throw missing('repository');
      const all = items(row);
      const wanted =
        all.find((one) => (item === null ? one.quantisation === quantisation : one.item === item)) ?? all[0];
      if (!wanted) throw missing('file');
      if (row.gated && world.token.place === 'none')
        throw new HostError({
          code: 'access_needed',
          message: 'The terms of this model have to be accepted on its page, and a token has to be set here.',
          retryable: false,
        });
      const id = world.id();
      const here = world.models.find(
        ({ origin, quantisation: its }) => origin?.repo === repo && its === wanted.quantisation,
      );
      if (here) world.renewing.set(id, here.id);
      const name = recommended().find((one) => one.repo === repo)?.name ?? row.name;
      world.downloads = [
        ...world.downloads,
        {
          id,
          repo,
          name,
          quantisation: wanted.quantisation,
          files: wanted.files,
          size_bytes: wanted.size_bytes,
          done_bytes: 0,
          added_at: Date.now(),
          state: { kind: 'queued' },
        },
      ];
      tell([{ tag: 'downloads' }]);
      go();
      return { download: id };
    },
    'download.pause': ({ download }) => {
      find(download);
      change(download, { state: { kind: 'paused' } });
      return {};
    },
    'download.resume': ({ download }) => {
      find(download);
      change(download, { state: { kind: 'queued' } });
      return {};
    },
    'download.cancel': ({ download }) => {
      const { done_bytes } = find(download);
      world.downloads = world.downloads.filter(({ id }) => id !== download);
      tell([{ tag: 'downloads' }]);
      go();
      return { bytes: done_bytes };
    },
    'download.move': ({ download, before }) => {
      const moved = find(download);
      const others = world.downloads.filter(({ id }) => id !== download);
      const at = before === null ? others.length : others.findIndex(({ id }) => id === before);
      if (at === -1) throw missing('download');
      world.downloads = others.toSpliced(at, 0, moved);
      tell([{ tag: 'downloads' }]);
      return {};
    },
    'download.clear': () => {
      world.downloads = world.downloads.filter(({ state }) => state.kind !== 'done');
      tell([{ tag: 'downloads' }]);
      return {};
    },
  };
}
