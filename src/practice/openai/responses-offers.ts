import type { InputItem, ResponsesBody } from './responses-shape.ts';

export function itemsOf({ input }: ResponsesBody): InputItem[] {
  return typeof input === 'string' ? [{ role: 'user', content: input }] : input;
}

/** Tools, wherever they stand, and the namespace that each stands in. */
export function offered(body: ResponsesBody) {
  const added = itemsOf(body).flatMap((item) => (item.type === 'additional_tools' ? item.tools : []));
  return [...(body.tools ?? []), ...added].flatMap((tool) => {
    return tool.type === 'namespace' ? tool.tools.map((inner) => ({ ...inner, namespace: tool.name })) : [tool];
  });
}
