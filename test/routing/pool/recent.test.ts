import { expect, it } from 'vitest';
import { Recent } from '../../../src/routing/pool/recent.ts';

/** `a+`: put; `a`: asked for; `a-`: deleted. Two are kept. */
const rows = [
  { name: 'what was put first is forgotten', acts: 'a+ b+ c+', kept: 'b c' },
  { name: 'being asked for is being used', acts: 'a+ b+ a c+', kept: 'a c' },
  { name: 'being put again is being used', acts: 'a+ b+ a+ c+', kept: 'a c' },
  { name: 'the newest stays it when it is used again', acts: 'a+ b+ b b+ a c+', kept: 'a c' },
  { name: 'the newest that was deleted comes back as the newest', acts: 'a+ b+ b- a b+ c+', kept: 'b c' },
  { name: 'after the newest was deleted the next is older than who comes', acts: 'a+ b+ b- c+ a d+', kept: 'a d' },
];

it.each(rows)('$name', ({ acts, kept }) => {
  const recent = new Recent<string>(2);
  for (const act of acts.split(' ')) {
    const [key = '', how] = act;
    if (how === '+') recent.set(key, key);
    else if (how === '-') recent.delete(key);
    else recent.get(key);
  }
  expect(['a', 'b', 'c', 'd'].filter((key) => recent.get(key) === key).join(' ')).toBe(kept);
});
