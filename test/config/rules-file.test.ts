/** Rules taken out of a configuration and put back: all else stays as it was written. */
import { describe, expect, it } from 'vitest';
import { lineOf, rulesIn, withRules } from '../../src/config/rules-file.ts';

const NEW = '# new\nrules:\n  - { name: n, do: { tier: opus } } # why\n';
const put = (configuration: string, rules = NEW) => {
  const written = withRules(configuration, rules);
  return written.ok ? written.text : `refused: ${written.reason}`;
};

const SHOP = `# the shop's
routing:
  rules: # mine
    # first
    rules:
      - name: a
        description: |
          two
            lines
        do: { tier: haiku } # cheap

  # about the overlay
  overlay: "x.json"
log: { level:   info } # as it was
`;

const ROWS: { name: string; from: string; says: string; becomes: string }[] = [
  {
    name: 'an empty file',
    from: '',
    says: '',
    becomes: `routing:\n  rules:\n    # new\n    rules:\n      - { name: n, do: { tier: opus } } # why\n`,
  },
  {
    name: 'a file without the last line end',
    from: 'log: {}',
    says: '',
    becomes: `log: {}\nrouting:\n  rules:\n    # new\n    rules:\n      - { name: n, do: { tier: opus } } # why\n`,
  },
  {
    name: 'a file with comments on every side',
    from: SHOP,
    says: '# first\nrules:\n  - name: a\n    description: |\n      two\n        lines\n    do: { tier: haiku } # cheap\n',
    becomes: `# the shop's\nrouting:\n  rules: # mine\n    # new\n    rules:\n      - { name: n, do: { tier: opus } } # why\n\n  # about the overlay\n  overlay: "x.json"\nlog: { level:   info } # as it was\n`,
  },
  {
    name: 'rules in braces',
    from: 'routing:\n  rules: { rules: [] }\nlog: {}\n',
    says: '{ rules: [] }\n',
    becomes: 'routing:\n  rules:\n    # new\n    rules:\n      - { name: n, do: { tier: opus } } # why\nlog: {}\n',
  },
  {
    name: 'another setting of routing only',
    from: 'routing: # here\n    overlay: x\nlog: {}\n',
    says: '',
    becomes:
      'routing: # here\n    rules:\n      # new\n      rules:\n        - { name: n, do: { tier: opus } } # why\n    overlay: x\nlog: {}\n',
  },
  {
    name: 'lines that end as on Windows',
    from: 'routing:\r\n  rules:\r\n    rules: []\r\nlog: {}\r\n',
    says: 'rules: []\n',
    becomes:
      'routing:\r\n  rules:\r\n    # new\r\n    rules:\r\n      - { name: n, do: { tier: opus } } # why\r\nlog: {}\r\n',
  },
];

describe('rules in a configuration', () => {
  it.each(ROWS)('$name: are said as a text of their own', ({ from, says }) =>
    expect(rulesIn(from)).toEqual({ ok: true, text: says }),
  );
  it.each(ROWS)('$name: are put in, and nothing else changes', ({ from, becomes }) => {
    expect(put(from)).toBe(becomes);
    expect(rulesIn(put(from))).toEqual({ ok: true, text: NEW });
  });
  it.each(ROWS)('$name: come back as they were', ({ from }) => {
    const before = rulesIn(from);
    expect(before.ok && rulesIn(put(put(from), before.text))).toMatchObject({
      ok: true,
      text: before.ok && before.text !== '' ? before.text : '{}\n',
    });
  });

  it.each([
    ['routing: { rules: { rules: [] } }', /written in braces/],
    ['{ "log": {} }', /written in braces/],
    ['routing: [', /not YAML/],
    ['- a\n- b\n', /no configuration/],
  ])('%s is left alone, with the reason', (from, says) => {
    expect(rulesIn(from)).toMatchObject({ ok: false, reason: expect.stringMatching(says) });
    expect(put(from)).toMatch(says);
  });

  it.each([['an anchor of the rest', 'list: &x []\nrouting:\n  rules:\n    rules: *x\n']])(
    'with %s are not taken out',
    (_what, from) => expect(rulesIn(from)).toMatchObject({ ok: false }),
  );

  it.each(['a: 1\n---\nb: 2\n', '{ "open": ', 'a: *gone\n', '} # out'])('%s is not put in', (rules) =>
    expect(put('log: {}\n', rules)).toMatch(/^refused/),
  );
});

describe('the line of a mistake', () => {
  const text = 'rules:\n  - name: a\n    do:\n      tier: x\n  - { name: b, do: { use: q } }\n';
  it.each([
    ['rules[0].do.tier', 4],
    ['rules[0].do.gone', 4],
    ["rule 'b'.use", 5],
    ['the document', undefined],
  ])('%s is %s', (place, line) => expect(lineOf(text, place)).toBe(line));
});
