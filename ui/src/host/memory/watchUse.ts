// The machine's use, told again and again by the world in memory.
import type { HardwareUse } from '../../contract/bindings';
import type { Unsubscribe } from '../host';
import type { World } from './world';

/** The first look comes at once. */
export function watchUse(world: World, see: (use: HardwareUse) => void): Unsubscribe {
  let count = 0;
  const tell = () => see(structuredClone(world.look(count++)));
  const first = setTimeout(tell);
  const timer = setInterval(tell, world.lookEveryMs);
  return () => {
    clearTimeout(first);
    clearInterval(timer);
  };
}
