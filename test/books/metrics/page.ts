/** What a Prometheus would read, checked line by line: a metric is described once, before its lines; a series is there once. */
export function pageOf(text: string): Map<string, number> {
  const page = new Map<string, number>();
  const described = new Set<string>();
  let family = '';
  for (const line of text.split('\n').slice(0, -1)) {
    const help = /^# HELP (\S+) \S/.exec(line)?.[1];
    if (help) {
      if (described.has(help)) throw new Error(`${help} is described twice`);
      described.add((family = help));
      continue;
    }
    if (/^# TYPE \S+ (counter|gauge|histogram)$/.test(line)) continue;
    const [, series = '', value = ''] = /^([a-z_0-9]+(?:\{.*\})?) (\S+)$/.exec(line) ?? [];
    if (!series || !series.startsWith(family)) throw new Error(`not a line of ${family}: ${line}`);
    if (page.has(series)) throw new Error(`twice: ${series}`);
    page.set(series, Number(value));
  }
  return page;
}
