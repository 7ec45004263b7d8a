import { expect, it } from 'vitest';
import { KEYS_HELP } from '../../src/server/key-options.ts';

it("the help's dollars are in quotes in which a shell leaves them alone", () => {
  expect(KEYS_HELP).not.toMatch(/"[^"\n]*\$\d/);
});
