/** npm install openai, then: node examples/node.ts */
import OpenAI from 'openai';

const client = new OpenAI({
  baseURL: process.env.SIGNALBOX_URL ?? 'http://127.0.0.1:8787/v1',
  apiKey: process.env.SIGNALBOX_KEY ?? 'none', // One of `keys:`, if there are any.
});

const stream = await client.chat.completions.create({
  model: 'auto',
  messages: [{ role: 'user', content: 'Say hello in one sentence.' }],
  stream: true,
});
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? '');
process.stdout.write('\n');

// Who answered, and what became of the request, is in the headers.
const { data, response } = await client.chat.completions
  .create({ model: 'auto-economy', messages: [{ role: 'user', content: 'And in French?' }] })
  .withResponse();
console.log(data.choices[0]?.message.content);
console.log(response.headers.get('x-signalbox-deployment'), '-', response.headers.get('x-signalbox-reason'));
