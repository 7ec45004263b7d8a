/** The credentials of the practice providers. They open nothing else, so they are no secret. */
export const PRACTICE_KEY = 'practice-key-opens-nothing-real';

export const PRACTICE_AWS = {
  accessKeyId: 'practice-access-key',
  secretAccessKey: 'practice/secret/opens/nothing/real/000000',
  region: 'us-east-1',
} as const;
