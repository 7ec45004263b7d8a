/** A log of a configuration, replayed under others: what moves, why, and what it would have cost. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfiguration } from '../../src/config/parse.ts';
import { check } from '../../src/server/check.ts';
import { BadLines, type LoggedFeedback, type LoggedRequest, readLog } from '../../src/server/log-lines.ts';
import { createRechooser, type Recorded } from '../../src/server/rechoose.ts';
import { Tally } from '../../src/server/tally.ts';

const MODELS = `
providers: { a: { dialect: openai, baseUrl: http://a.test } }
models:
  haiku: { deployments: [{ provider: a, model: small, price: { input: 1, output: 2, cacheRead: 0.1 } }] }
  opus: { deployments: [{ provider: a, model: big, price: { input: 10, output: 20, cacheRead: 1 } }] }
  vectors: { deployments: [{ provider: a, model: embed, price: { input: 1, output: 0 }, capabilities: { tasks: [embeddings] } }] }
  paint: { deployments: [{ provider: a, model: paint, price: { input: 1, output: 2, imageOutput: 9 }, capabilities: { tasks: [images] } }] }
  blind: { deployments: [{ provider: a, model: blind, price: { input: 1, output: 2 }, capabilities: { input: [] } }] }
`;
const TO_HAIKU = 'rules: [{ name: all low, do: { tier: haiku } }]';

function rechooser(rules: string) {
  const configuration = parseConfiguration(`${MODELS}\nrouting: { rules: { ${rules} } }`, 'new.yaml', {});
  const { gateway } = check({ configuration, environment: {}, source: 'new.yaml', practice: false });
  return createRechooser(gateway.routing, () => 0.5);
}

let ids = 0;
function line(more: Omit<Partial<LoggedRequest>, 'routing'> = {}, routing: object = {}, facts: object = {}): Recorded {
  return {
    message: 'request',
    requestId: `req_${++ids}`,
    key: 'app',
    asked: 'auto',
    deployment: 'a/big',
    outcome: 'ok',
    promptTokens: 1_000,
    completionTokens: 100,
    costUsd: 0.012,
    durationMs: 100,
    routing: {
      atMs: 1_000 * ids,
      session: `s${ids}`,
      facts: { inputTokens: 1_000, outputTokens: 1_000, turn: 1, ...facts },
      tier: 'opus',
      candidates: ['a/big'],
      ...routing,
    },
    ...more,
  };
}

describe('a request of the log', () => {
  it('stays where it is under the same rules, and costs what it has cost', () => {
    const after = rechooser('rules: [{ name: all high, do: { tier: opus } }]')(line({ costUsd: 0.777 }));
    expect(after).toMatchObject({ tier: 'opus', costUsd: 0.777, fired: ['all high'], lacksScore: false });
    expect(after.deployment?.id).toBe('a/big');
  });

  it('moves where other rules want it, and costs what its tokens cost there', () => {
    const after = rechooser(TO_HAIKU)(line());
    expect(after).toMatchObject({ tier: 'haiku', reason: "auto -> haiku (rule 'all low')" });
    expect(after.deployment?.id).toBe('a/small');
    expect(after.costUsd).toBeCloseTo((1_000 * 1 + 100 * 2) / 1e6, 12);
  });

  it('is scored by the features that the log has', () => {
    const rules = 'profiles: { balanced: { from: { sonnet: 0.5, opus: 0.9 } } }';
    const again = rechooser(rules);
    const nothing = again(line({}, { values: [] }));
    const reasoning = again(line({}, { values: [8, 0, 2, 0, 2, 0, 2, 0, 0, 0, 0, 0, 6, 3, 0, 3, 3, 3] }));
    expect([nothing.tier, reasoning.tier]).toEqual(['haiku', 'opus']);
    expect([nothing.lacksScore, again(line()).lacksScore]).toEqual([false, true]);
  });

  it('needs what it needed', () => {
    const image = line({ asked: 'blind' }, {}, { media: ['image'] });
    expect(rechooser('')(image)).toMatchObject({
      deployment: undefined,
      reason: expect.stringContaining('images') as string,
    });
  });

  it('that is no conversation goes where there are such', () => {
    const again = rechooser('rules: [{ name: all, when: { model: "*" }, do: { strategy: cheapest } }]');
    const task = (asked: string, kind: string) =>
      line({ asked, deployment: 'b/gone', completionTokens: 0 }, { task: kind });
    const vectors = again(task('vectors', 'embeddings'));
    expect(vectors.deployment?.id).toBe('a/embed');
    expect(vectors.costUsd).toBeCloseTo(0.001, 9);
    const picture = again(task('paint', 'images'));
    expect(picture.deployment?.id).toBe('a/paint');
    expect(picture.costUsd).toBeUndefined();
  });

  const refused: { name: string; rules: string; logged: Recorded; says: RegExp }[] = [
    {
      name: 'a rule rejects',
      rules: 'rules: [{ name: no, do: { reject: Not here } }]',
      logged: line(),
      says: /^Not here$/,
    },
    { name: 'there is no such model any more', rules: '', logged: line({ asked: 'gone' }), says: /gone/ },
    { name: 'nobody is within its ceiling', rules: '', logged: line({}, { maxCostUsd: 1e-9 }), says: /max_cost_usd/ },
  ];
  it.each(refused)('would be refused where $name', ({ rules, logged, says }) => {
    const after = rechooser(rules)(logged);
    expect(after.deployment).toBeUndefined();
    expect(after.costUsd).toBeUndefined();
    expect(after.reason).toMatch(says);
  });

  it('of a conversation is the next turn of the replayed one, not of the logged one', () => {
    const again = rechooser('rules: [{ name: first low, when: { turn: { atMost: 1 } }, do: { tier: haiku } }]');
    again(line({}, { session: 's' }));
    const followUp = again(line({}, { session: 's', values: [] }, { turn: 2, isFollowUp: true }));
    expect(followUp).toMatchObject({ tier: 'haiku', fired: ['conversation'] });
  });
});

describe('the tally', () => {
  it('counts what moved from where to where, by what, and its cost', () => {
    const again = rechooser(TO_HAIKU);
    const tally = new Tally();
    for (const each of [line(), line(), line({ deployment: 'a/small', costUsd: 0.0012 }, { tier: 'haiku' })]) {
      tally.add(each, again(each));
    }
    expect(tally).toMatchObject({ requests: 3, moved: 2, refused: 0 });
    expect(Object.fromEntries(tally.tiers)).toEqual({ opus: { before: 2, after: 0 }, haiku: { before: 1, after: 3 } });
    expect(Object.fromEntries(tally.causes)).toEqual({ 'all low: opus -> haiku': 2 });
    expect(tally.cost.beforeUsd).toBeCloseTo(0.0252, 9);
    expect(tally.cost.afterUsd).toBeCloseTo(0.0036, 9);
    expect(tally.moves).toMatchObject([{ from: 'a/big', to: 'a/small', costBeforeUsd: 0.012 }, { from: 'a/big' }]);
  });

  it('keeps the greatest of many moves', () => {
    const again = rechooser(TO_HAIKU);
    const tally = new Tally();
    for (let count = 1; count <= 200; count++) {
      const each = line({ requestId: `cost ${count}`, costUsd: count });
      tally.add(each, again(each));
    }
    expect(tally.moves.map(({ requestId }) => requestId)).toEqual(
      Array.from({ length: 10 }, (_, index) => `cost ${200 - index}`),
    );
  });
});

describe('a log', () => {
  const log = (...lines: unknown[]) => {
    const file = join(mkdtempSync(join(tmpdir(), 'signalbox-log-')), 'signalbox.log');
    writeFileSync(file, lines.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))).join('\n'));
    return file;
  };
  const read = async (file: string) => {
    const bad = new BadLines();
    const lines: (LoggedRequest | LoggedFeedback)[] = [];
    for await (const each of readLog(file, bad)) lines.push(each);
    return { lines, bad };
  };

  it('is read past greetings, alerts, shadow copies and what came after a crash', async () => {
    const one = line();
    const feedback = { message: 'feedback', requestId: one.requestId, key: 'app', score: 1 };
    const { lines, bad } = await read(
      log(
        'Signalbox listens on http://127.0.0.1:8787',
        one,
        { message: 'alert' },
        '{"message":"request","requ',
        '',
        { ...one, shadow: true },
        { ...one, requestId: 7 },
        feedback,
        { ...feedback, score: 2 },
      ),
    );
    expect(lines.map(({ message }) => message)).toEqual(['request', 'feedback']);
    expect(bad.count).toBe(3);
    expect(bad.first).toEqual([
      'line 4: is no JSON object',
      expect.stringMatching(/^line 7: requestId: /),
      expect.stringMatching(/^line 9: score: /),
    ]);
  });

  it('that is not there is named', async () => {
    await expect(read('/nowhere/a.log')).rejects.toThrow('/nowhere/a.log: cannot be read (ENOENT)');
  });
});
