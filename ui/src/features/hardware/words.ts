// The machine in words, for the first start and the settings.

import type { Gpu, Hardware } from '../../contract/bindings';
import { format } from '../../data';

export const words = {
  processor: 'Processor',
  instructions: 'Instruction sets',
  noInstructions: 'none that speed up models',
  memory: 'Memory',
  graphics: 'Graphics cards',
  disk: 'Disk',
  noGraphics: 'no graphics card',
} as const;

/** "2 cores, AVX-512", "1 core". */
export function processorWords(
  { cores, vector }: Pick<Hardware, 'cores' | 'vector'>,
  locale?: string,
): string {
  const counted = `${cores.toLocaleString(locale)} ${cores === 1 ? 'core' : 'cores'}`;
  return vector === '' ? counted : `${counted}, ${vector}`;
}

/** "23.4 GB memory, 22.1 GB free". */
export function memoryLine(
  hardware: Pick<Hardware, 'memory_bytes' | 'memory_free_bytes'>,
  locale?: string,
): string {
  return `${format.memory(hardware.memory_bytes, locale)} memory, ${format.memory(hardware.memory_free_bytes, locale)} free`;
}

/** "NVIDIA H100, 80 GB". */
export function gpuWords(gpu: Pick<Gpu, 'name' | 'memory_bytes'>, locale?: string): string {
  return gpu.memory_bytes === null ? gpu.name : `${gpu.name}, ${format.memory(gpu.memory_bytes, locale)}`;
}

/** "no graphics card", the only one, or "2 graphics cards: …", equal ones counted. */
export function graphicsWords(gpus: readonly Pick<Gpu, 'name' | 'memory_bytes'>[], locale?: string): string {
  if (gpus.length === 0) return words.noGraphics;
  const counted = new Map<string, number>();
  for (const gpu of gpus) {
    const name = gpuWords(gpu, locale);
    counted.set(name, (counted.get(name) ?? 0) + 1);
  }
  return [...counted].map(([name, times]) => (times === 1 ? name : `${times} × ${name}`)).join(' · ');
}
