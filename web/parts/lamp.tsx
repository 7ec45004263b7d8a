/** A signal's aspect: its colour, its shape and its word say the same. */
export type Aspect = 'clear' | 'caution' | 'stop' | 'idle';

const SHAPES: Record<Aspect, string> = {
  clear: 'M8 2a6 6 0 1 0 .01 0Z',
  caution: 'M8 1.5 15 14H1Z',
  stop: 'M2 2h12v12H2Z',
  idle: 'M8 3a5 5 0 1 0 .01 0Zm0 2a3 3 0 1 1-.01 0Z',
};

export function Lamp({ aspect, says }: { aspect: Aspect; says: string }) {
  return (
    <span class={`lamp ${aspect}`}>
      <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">
        <path d={SHAPES[aspect]} fill-rule="evenodd" />
      </svg>
      {says}
    </span>
  );
}
