// Checking the files of models, one model after the other: the disk is what it waits for. It goes on while other pages
// are shown.

import type { ErrorInfo, Model, ModelId } from '../../contract/bindings';
import { toast, toastError } from '../../components/ui';
import { host, HostError } from '../../host';
import { openModels } from '../../router';
import { mineInSight } from './inSight';
import { words } from './words';

/** Where the check of a model stands. */
export type Check =
  | { kind: 'waiting' }
  | { kind: 'running'; done: number; total: number }
  | { kind: 'sound' }
  | { kind: 'broken'; problems: readonly string[] }
  | { kind: 'failed'; error: ErrorInfo };

/** What of a model is needed here. */
type Checked = Pick<Model, 'id' | 'name' | 'size_bytes' | 'origin'>;

interface Kept {
  check: Check;
  /** When the files that it is about had come; a later download makes it worthless. */
  came: number | null;
}

const cameAt = ({ origin }: Pick<Model, 'origin'>): number | null => origin?.finished_at ?? null;

const isOver = ({ kind }: Check): boolean => kind !== 'waiting' && kind !== 'running';

export class Checks {
  /** What was found last, for those who do not see it. */
  said = $state('');
  #kept = $state.raw<ReadonlyMap<ModelId, Kept>>(new Map());
  #queue: Checked[] = [];
  #running: { id: ModelId; stop: () => void } | null = null;

  /** Where the check of a model stands; `null` where there is none, or none of the files that are here now. */
  of(model: Pick<Model, 'id' | 'origin'>): Check | null {
    const kept = this.#kept.get(model.id);
    if (!kept || (isOver(kept.check) && kept.came !== cameAt(model))) return null;
    return kept.check;
  }

  /** Checks a model as soon as those before it are done. */
  begin(model: Checked): void {
    const known = this.#kept.get(model.id);
    if (known && !isOver(known.check)) return;
    this.#queue.push(model);
    this.#set(model, { kind: 'waiting' });
    this.#next();
  }

  /** Stops its check, or takes what it came to away. */
  forget(id: ModelId): void {
    this.#queue = this.#queue.filter((model) => model.id !== id);
    this.#drop((other) => other === id);
    if (this.#running?.id !== id) return;
    this.#running.stop();
    this.#running = null;
    this.#next();
  }

  /** The page was left: what was read there need not be read again. What is broken stays until it is mended. */
  leave(): void {
    this.said = '';
    this.#drop((_, { check }) => check.kind === 'sound' || check.kind === 'failed');
  }

  #set(model: Checked, check: Check): void {
    this.#kept = new Map(this.#kept).set(model.id, { check, came: cameAt(model) });
  }

  #drop(which: (id: ModelId, kept: Kept) => boolean): void {
    this.#kept = new Map([...this.#kept].filter(([id, kept]) => !which(id, kept)));
  }

  #next(): void {
    const model = this.#running ? undefined : this.#queue.shift();
    if (!model) return;
    const running = { id: model.id, stop: () => {} };
    this.#running = running;
    const end = (check: Check) => {
      if (this.#running !== running) return;
      this.#running = null;
      running.stop();
      this.#set(model, check);
      this.#tell(model, check);
      this.#next();
    };
    this.#set(model, { kind: 'running', done: 0, total: model.size_bytes });
    running.stop = host.stream(
      'model.verify',
      { model: model.id },
      {
        onEvent: (event) => {
          if (this.#running !== running) return;
          if (event.kind === 'failed') end({ kind: 'failed', error: event.error });
          else if (event.kind === 'done')
            end(
              event.problems.length === 0 ? { kind: 'sound' } : { kind: 'broken', problems: event.problems },
            );
          else this.#set(model, { kind: 'running', done: event.done_bytes, total: event.total_bytes });
        },
        // After its last event this says nothing new.
        onEnd: (error) => end({ kind: 'failed', error: (error ?? CUT).info }),
      },
    );
  }

  #tell({ name }: Checked, check: Check): void {
    const show = { label: words.showModels, onClick: () => openModels() };
    const away = !mineInSight();
    if (check.kind === 'sound') {
      this.said = words.soundOf(name);
      if (away) toast(words.soundOf(name));
    } else if (check.kind === 'broken') {
      this.said = words.brokenOf(name, check.problems);
      const message = words.brokenOf(name, check.problems);
      if (away) toastError({ code: 'model_damaged', message, retryable: false }, show);
    } else if (check.kind === 'failed') {
      this.said = `${name}: ${words.checkFailed} ${check.error.message}`;
      if (away) toastError(check.error, show);
    }
  }
}

const CUT = new HostError({ code: 'internal', message: words.checkCut, retryable: true });

/** Those of this window. */
export const checks = new Checks();
