import type { Clock } from './ports.ts';

/** The time as others have it, who check a signature's or announce a date; milliseconds since 1970. */
export function wallMs({ now, wall = now }: Clock): number {
  return wall();
}
