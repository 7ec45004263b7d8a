import { describe, expect, it } from 'vitest';
import { Admin, adminProblems, portProblems } from '../../src/config/admin.ts';

const TOKEN = 'x'.repeat(24);

describe('admin:', () => {
  it('is on this machine alone where nothing is said', () => {
    expect(Admin.parse({})).toEqual({ enabled: true, host: '127.0.0.1', port: 8788 });
  });

  it('takes an empty token, as of an unset variable, for none', () => {
    expect(Admin.parse({ token: '' }).token).toBeUndefined();
  });

  it.each([
    { name: 'other machines without a token', given: { host: '0.0.0.0' }, at: 'token' },
    { name: 'other machines with an empty one', given: { host: '::', token: '' }, at: 'token' },
    { name: 'a token that can be guessed', given: { token: 'secret' }, at: 'token' },
    { name: 'a token with spaces', given: { token: 'x y'.repeat(20) }, at: 'token' },
    { name: 'a setting that there is not', given: { tokn: TOKEN }, at: '' },
  ])('refuses $name', ({ given, at }) => {
    const { error } = Admin.safeParse(given);
    expect(error?.issues.map(({ path }) => path.join('.'))).toEqual([at]);
  });

  it.each([{ host: '0.0.0.0', token: TOKEN }, { host: '0.0.0.0', enabled: false }, { host: '::1' }])(
    'takes %o',
    (given) => expect(Admin.safeParse(given).success).toBe(true),
  );

  it.each([
    ['the same', { host: '127.0.0.1', port: 8788 }, {}, 1],
    ['everywhere', { host: '0.0.0.0', port: 8788 }, {}, 1],
    ['everywhere in IPv4 only', { host: '0.0.0.0', port: 8788 }, { host: '::1' }, 0],
    ['two of one machine', { host: '127.0.0.2', port: 8788 }, {}, 0],
    ['another port', { host: '127.0.0.1', port: 8787 }, {}, 0],
    ['any free port', { host: '127.0.0.1', port: 0 }, { port: 0 }, 0],
    ['no admin API', { host: '127.0.0.1', port: 8788 }, { enabled: false }, 0],
  ])('shares no port with the server: %s', (_what, server, admin, problems) => {
    expect(portProblems(server, Admin.parse(admin))).toHaveLength(problems);
  });

  it('must not be a client’s key', () => {
    const keys = [
      { name: 'app', key: TOKEN },
      { name: 'other', key: 'y'.repeat(24) },
    ];
    expect(adminProblems(Admin.parse({ token: TOKEN }), keys)).toEqual([expect.stringContaining('"app"')]);
    expect(adminProblems(Admin.parse({}), keys)).toEqual([]);
  });
});
