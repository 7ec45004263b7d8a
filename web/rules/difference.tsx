import { plural } from '../words.ts';
import { diffOf, hunksOf } from './diff.ts';

const SAID = { '+': 'added', '-': 'removed', ' ': '' };

/** Signs say it, colours too; ears hear the word. */
export function Difference({ before, after }: { before: string; after: string }) {
  const lines = diffOf(before, after);
  const added = lines.filter(({ sign }) => sign === '+').length;
  const removed = lines.filter(({ sign }) => sign === '-').length;
  if (added + removed === 0) return <p class="quiet">The texts are the same.</p>;
  return (
    <>
      <p>
        {plural(added, 'line')} added, {plural(removed, 'line')} removed.
      </p>
      <div class="diff" role="region" aria-label="What changes" tabIndex={0}>
        {hunksOf(lines).map((hunk) => (
          <ol key={hunk[0]?.number}>
            {hunk.map(({ sign, text, number }) => (
              <li key={`${sign}${number}`} class={SAID[sign] || undefined}>
                <span class="number">{number}</span>
                <span class="sign" aria-hidden="true">
                  {sign}
                </span>
                {sign !== ' ' && <span class="for-ears">{SAID[sign]}: </span>}
                <code>{text}</code>
              </li>
            ))}
          </ol>
        ))}
      </div>
    </>
  );
}
