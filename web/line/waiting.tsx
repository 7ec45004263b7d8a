import { Table } from '../parts/table.tsx';
import type { Health } from '../types.ts';
import { count } from '../words.ts';

const CLASSES = ['critical', 'normal', 'background'] as const;

/** Who waits for room at the providers, by the class of their request. */
export function Waiting({ health: { waiting, emergency } }: { health: Health }) {
  return (
    <section class="card" aria-labelledby="waiting">
      <h2 id="waiting">Waiting room</h2>
      {emergency && (
        <p class="problem">
          Emergency: too few providers answer. Background work is refused while others have to wait.
        </p>
      )}
      <Table
        caption="Requests that wait for room, by priority"
        rows={CLASSES}
        keyOf={(name) => name}
        columns={[
          { name: 'Priority', cell: (name) => name },
          { name: 'Waiting', isNumber: true, cell: (name) => count(waiting[name]) },
        ]}
      />
    </section>
  );
}
