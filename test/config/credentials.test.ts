import { describe, expect, it } from 'vitest';
import { findProviders, regionOf } from '../../src/config/credentials.ts';

describe('credentials of the environment', () => {
  it('lose the line end of the file that they come from', () => {
    expect(findProviders({ OPENAI_API_KEY: 'sk-1\n', GEMINI_API_KEY: ' \n', GOOGLE_API_KEY: ' g-1 ' })).toEqual({
      openai: { apiKey: 'sk-1' },
      gemini: { apiKey: 'g-1' },
    });
    expect(regionOf({ AWS_REGION: 'eu-west-1\n' })).toBe('eu-west-1');
  });

  it.each(['ANTHROPIC_API_KEY', 'AWS_SESSION_TOKEN'])(
    'are refused by name, unseen, where no header can carry %s',
    (name) => {
      expect(() => findProviders({ [name]: 'sk-1\nsecret' })).toThrow(
        new RegExp(`^(?![^]*secret)the environment: ${name}: holds a character that no header can carry`),
      );
    },
  );
});
