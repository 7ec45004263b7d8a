/** The same request for a terminal and for an application. The key is never in it. */
export const LANGUAGES = ['curl', 'Node', 'Python'] as const;
export type Language = (typeof LANGUAGES)[number];

export interface Call {
  /** With `/v1`. */
  address: string;
  body: Readonly<Record<string, unknown>>;
  headers: Readonly<Record<string, string>>;
}

export const codeOf: Record<Language, (call: Call) => string> = {
  curl: ({ address, body, headers }) =>
    [
      `curl ${address}/chat/completions \\`,
      `  -H 'content-type: application/json' \\`,
      `  -H "authorization: Bearer $SIGNALBOX_KEY" \\`,
      ...Object.entries(headers).map(([name, value]) => `  -H '${name}: ${value}' \\`),
      `  -d '${JSON.stringify(body).replaceAll("'", String.raw`'\''`)}'`,
    ].join('\n'),

  Node: ({ address, body, headers }) =>
    [
      `import OpenAI from 'openai';`,
      ``,
      `const client = new OpenAI({ baseURL: '${address}', apiKey: process.env.SIGNALBOX_KEY ?? 'none' });`,
      `const answer = await client.chat.completions.create(${JSON.stringify(body, null, 2)}${optionsOf(headers)});`,
      body.stream
        ? `for await (const chunk of answer) process.stdout.write(chunk.choices[0]?.delta.content ?? '');`
        : `console.log(answer.choices[0].message.content);`,
    ].join('\n'),

  Python: ({ address, body, headers }) =>
    [
      `import os`,
      `from openai import OpenAI`,
      ``,
      `client = OpenAI(base_url="${address}", api_key=os.environ.get("SIGNALBOX_KEY", "none"))`,
      `answer = client.chat.completions.create(`,
      ...Object.entries(body).map(([name, value]) => `    ${name}=${python(value)},`),
      ...(Object.keys(headers).length > 0 ? [`    extra_headers=${python(headers)},`] : []),
      `)`,
      ...(body.stream
        ? [
            `for chunk in answer:`,
            `    if chunk.choices:`,
            `        print(chunk.choices[0].delta.content or "", end="")`,
          ]
        : [`print(answer.choices[0].message.content)`]),
    ].join('\n'),
};

function optionsOf(headers: Call['headers']): string {
  return Object.keys(headers).length > 0 ? `, { headers: ${JSON.stringify(headers)} }` : '';
}

/** JSON's texts and numbers are Python's, too; its three words are not. */
function python(value: unknown): string {
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (value === null || value === undefined) return 'None';
  if (Array.isArray(value)) return `[${value.map(python).join(', ')}]`;
  if (typeof value !== 'object') return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, item]) => `${JSON.stringify(name)}: ${python(item)}`)
    .join(', ')}}`;
}
