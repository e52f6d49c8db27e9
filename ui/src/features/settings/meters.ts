// What the live part of the machine's page shows: a meter for each thing that tells how much of it is in use.

import type { Hardware, HardwareUse } from '../../contract/bindings';
import type { Sample } from '../../components/ui';
import { format } from '../../data';
import { words as hardwareWords } from '../hardware';
import { words } from './words';

/** More of the memory than this is a lot. */
const MUCH = 0.9;

export interface Meter {
  name: string;
  /** What is in use, in words. */
  figure: string;
  /** What else there is to say; empty for nothing. */
  detail: string;
  /** The curve in words. */
  label: string;
  samples: readonly Sample[];
  tone: 'ember' | 'warn';
}

/** The last minute of a share. */
type History = (share: (use: HardwareUse) => number | null) => readonly Sample[];

/** The meters of a machine; `use` is null before the first look. */
export function meters(machine: Hardware, use: HardwareUse | null, history: History): Meter[] {
  return [processor(machine, use, history), memory(machine, use, history), ...cards(machine, use, history)];
}

function processor(machine: Hardware, use: HardwareUse | null, history: History): Meter {
  const share = use?.processor ?? null;
  return {
    ...curved(
      hardwareWords.processor,
      history(({ processor }) => processor),
    ),
    figure: share === null ? words.hardware.notMeasured : format.percent(share),
    detail: words.hardware.cores(machine.cores, machine.threads),
    tone: 'ember',
  };
}

function memory(machine: Hardware, use: HardwareUse | null, history: History): Meter {
  const { memory_bytes: all, memory_free_bytes: free } = use ?? machine;
  const models = use?.models_bytes ?? 0;
  const left = words.hardware.free(format.memory(free));
  const share = (one: HardwareUse) => shareOf(one.memory_bytes - one.memory_free_bytes, one.memory_bytes);
  return {
    ...curved(hardwareWords.memory, history(share)),
    figure: words.hardware.of(format.memory(all - free), format.memory(all)),
    detail: models > 0 ? `${left} · ${words.hardware.models(format.memory(models))}` : left,
    tone: shareOf(all - free, all) > MUCH ? 'warn' : 'ember',
  };
}

/** A card shows how busy it is, else how full; one that tells neither has no meter. */
function cards({ gpus }: Hardware, use: HardwareUse | null, history: History): Meter[] {
  return gpus.flatMap(({ name, memory_bytes: all }, index) => {
    const { busy = null, memory_used_bytes: used = null } = use?.gpus[index] ?? {};
    const full =
      used === null || all === null ? '' : words.hardware.of(format.memory(used), format.memory(all));
    if (busy !== null)
      return {
        ...curved(
          name,
          history(({ gpus: told }) => told[index]?.busy ?? null),
        ),
        figure: format.percent(busy),
        detail: full,
        tone: 'ember' as const,
      };
    if (full === '') return [];
    return {
      ...curved(
        name,
        history(({ gpus: told }) => shareOf(told[index]?.memory_used_bytes ?? 0, all ?? 0)),
      ),
      figure: full,
      detail: '',
      tone: 'ember' as const,
    };
  });
}

function curved(name: string, samples: readonly Sample[]): Pick<Meter, 'name' | 'label' | 'samples'> {
  const shares = samples.map(({ share }) => share).filter((share) => share !== null);
  const label =
    shares.length === 0
      ? words.hardware.noCurve(name)
      : words.hardware.curve(name, format.percent(Math.min(...shares)), format.percent(Math.max(...shares)));
  return { name, label, samples };
}

/** A part of a whole, 0 to 1. */
export function shareOf(part: number, whole: number): number {
  return whole > 0 ? Math.min(1, Math.max(0, part / whole)) : 0;
}
