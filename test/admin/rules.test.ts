/** The rules' text over HTTP: what is asked of the editor, and what is said of its answers. */
import { afterAll, describe, expect, it } from 'vitest';
import type { Applied, RulesEdit, RulesEditor, RulesTrial } from '../../src/admin/rules-editor.ts';
import { ask, createWorld, START_MS, type World } from './world.ts';

const worlds: World[] = [];
afterAll(() => Promise.all(worlds.map((world) => world.close())));

const TRIAL: RulesTrial = {
  requests: 4,
  fromMs: START_MS,
  toMs: START_MS + 1_000,
  moved: 1,
  refused: 0,
  cost: { requests: 4, beforeUsd: 1, afterUsd: 2, spentUsd: 1 },
  tiers: [{ name: 'opus', before: 0, after: 1 }],
  deployments: [],
  causes: [{ cause: 'night: haiku -> opus', requests: 1 }],
  moves: [],
  unknown: ['much'],
};

function editing(more: Partial<RulesEditor> = {}) {
  const edits: RulesEdit[] = [];
  const editor: RulesEditor = {
    read: () => ({ text: 'rules: []\n', etag: 'e1', place: 'rules.yaml', format: 'yaml', readOnly: undefined }),
    mistakesIn: (text) => (text === 'bad' ? [{ path: 'rules[0].do', message: 'is wrong', line: 2 }] : []),
    trial: (text) => Promise.resolve(text === 'bad' ? editor.mistakesIn(text) : TRIAL),
    apply(edit) {
      edits.push(edit);
      return { ok: true, etag: 'e2', version: 7 };
    },
    versions: () => [{ version: 3, atMs: START_MS, by: 'Ada', why: 'because', text: 'old' }],
    ...more,
  };
  const world = createWorld({ editor });
  worlds.push(world);
  return { world, edits };
}

describe('the text of the rules', () => {
  it('is told, checked and tried, and nothing changes', async () => {
    const { world, edits } = editing();
    expect((await ask(world, 'GET /admin/v1/rules/document')).body).toEqual({
      text: 'rules: []\n',
      etag: 'e1',
      place: 'rules.yaml',
      format: 'yaml',
      readOnly: null,
    });
    expect((await ask(world, 'POST /admin/v1/rules/check', { text: 'bad' })).body.mistakes[0].line).toBe(2);
    const { body } = await ask(world, 'POST /admin/v1/rules/trial', { text: 'good' });
    expect(body.trial).toMatchObject({ moved: 1, from: '2026-11-01T00:00:00.000Z', to: '2026-11-01T00:00:01.000Z' });
    expect((await ask(world, 'POST /admin/v1/rules/trial', { text: 'bad' })).body).toMatchObject({
      trial: null,
      mistakes: [{ path: 'rules[0].do' }],
    });
    expect([edits, world.changes]).toEqual([[], []]);
  });

  it('is changed, and the log says by whom and why', async () => {
    const { world, edits } = editing();
    const edit = { text: 'new', etag: 'e1', by: 'Ada', why: 'cheaper' };
    expect((await ask(world, 'PUT /admin/v1/rules/document', edit)).body).toEqual({ etag: 'e2', version: 7 });
    expect(edits).toEqual([edit]);
    expect(world.changes).toEqual([
      { change: 'rules_changed', name: 'rules.yaml', version: 7, by: 'Ada', why: 'cheaper' },
    ]);
  });

  it('may be longer than other bodies are', async () => {
    const { world } = editing();
    const text = '# a rule\n'.repeat(20_000);
    expect((await ask(world, 'POST /admin/v1/rules/check', { text })).status).toBe(200);
    expect((await ask(world, 'POST /admin/v1/rules/check', { text: text.repeat(8) })).status).toBe(413);
  });

  it('is put back as it was', async () => {
    const { world, edits } = editing();
    const { body } = await ask(world, 'GET /admin/v1/rules/versions');
    expect(body.data).toEqual([{ version: 3, at: '2026-11-01T00:00:00.000Z', by: 'Ada', why: 'because' }]);
    expect((await ask(world, 'GET /admin/v1/rules/versions/3')).body.text).toBe('old');
    await ask(world, 'POST /admin/v1/rules/versions/3/restore', { etag: 'e1' });
    expect(edits).toEqual([{ text: 'old', etag: 'e1', by: '', why: 'back to version 3' }]);
    expect((await ask(world, 'GET /admin/v1/rules/versions/4')).status).toBe(404);
  });

  const REFUSED: { name: string; applied: Applied; status: number; code: string; says: string }[] = [
    {
      name: 'somebody else was first',
      applied: { ok: false, because: 'changed', message: 'Somebody else' },
      status: 409,
      code: 'rules_changed',
      says: 'Somebody else',
    },
    {
      name: 'nothing can be written',
      applied: { ok: false, because: 'read_only', message: 'a mount' },
      status: 409,
      code: 'rules_read_only',
      says: 'a mount',
    },
    {
      name: 'it has mistakes',
      applied: { ok: false, because: 'invalid', mistakes: [{ path: 'rules[0]', message: 'is wrong', line: 1 }] },
      status: 400,
      code: 'rules_invalid',
      says: 'rules[0]: is wrong',
    },
    {
      name: 'the disk is full',
      applied: { ok: false, because: 'not_written', message: 'ENOSPC' },
      status: 500,
      code: 'rules_not_written',
      says: 'ENOSPC',
    },
  ];
  it.each(REFUSED)('is not changed where $name', async ({ applied, status, code, says }) => {
    const { world } = editing({ apply: () => applied });
    const { body, status: told } = await ask(world, 'PUT /admin/v1/rules/document', { text: 'x', etag: 'e1' });
    expect([told, body.error.code]).toEqual([status, code]);
    expect(body.error.message).toContain(says);
    expect(world.changes).toEqual([]);
  });

  it('cannot be changed where there are no files, and says why', async () => {
    const world = createWorld();
    worlds.push(world);
    expect((await ask(world, 'GET /admin/v1/rules/document')).body.readOnly).toMatch(/has no files/);
    const { status, body } = await ask(world, 'PUT /admin/v1/rules/document', { text: 'x', etag: 'e' });
    expect([status, body.error.code]).toEqual([409, 'rules_read_only']);
    expect((await ask(world, 'GET /admin/v1/rules/versions')).body.data).toEqual([]);
  });
});
