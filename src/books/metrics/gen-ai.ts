import type { Endpoint } from '../../core/deployment.ts';

const NAMES: Readonly<Record<string, string>> = { anthropic: 'anthropic', openai: 'openai', bedrock: 'aws.bedrock' };

/** OpenTelemetry's `gen_ai.provider.name`: which API it is, not whose model. */
export function genAiProvider({
  dialect,
  baseUrl,
  settings,
}: Pick<Endpoint, 'dialect' | 'baseUrl' | 'settings'>): string {
  if (dialect === 'gemini') return settings.project === undefined ? 'gcp.gemini' : 'gcp.vertex_ai';
  if (dialect === 'openai' && /\.azure\.com(?:[:/]|$)/.test(baseUrl)) return 'azure.ai.openai';
  return NAMES[dialect] ?? dialect;
}
