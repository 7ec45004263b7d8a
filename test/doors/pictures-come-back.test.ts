/** What a model has painted is sent back in the next turn: megabytes of base64, and few tokens. */
import { expect, it } from 'vitest';
import { openHouse } from './messages/house.ts';

const BASE64 = `iVBORw0KGgo${'A'.repeat(1_000_000)}`;
const URL = `data:image/png;base64,${BASE64}`;
const says = (content: string) => ({ type: 'message', role: 'user', content });

it.each([
  {
    name: 'in a chat, where the router has put it',
    path: '/v1/chat/completions',
    body: {
      messages: [
        { role: 'user', content: 'Paint' },
        { role: 'assistant', content: 'Here', images: [{ type: 'image_url', image_url: { url: URL } }] },
        { role: 'user', content: 'Another' },
      ],
    },
  },
  {
    name: 'in Responses, as an item',
    path: '/v1/responses',
    body: {
      input: [
        says('Paint'),
        { type: 'image_generation_call', id: 'ig_1', status: 'completed', result: BASE64 },
        says('Another'),
      ],
    },
  },
  {
    name: 'and so is a screen',
    path: '/v1/responses',
    body: {
      input: [
        says('Click'),
        { type: 'computer_call_output', call_id: 'c', output: { type: 'computer_screenshot', image_url: URL } },
      ],
    },
  },
])('$name', async ({ path, body }) => {
  const { post, sent } = openHouse();
  const response = await post(path, { model: 'openai/gpt-4o', ...body });
  expect(await response.text()).not.toContain('too long');
  expect(sent).toHaveLength(1);
});
