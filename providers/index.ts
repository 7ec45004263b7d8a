import type { Provider } from '../src/core/provider.ts';
import { anthropic } from './anthropic/index.ts';
import { bedrock } from './bedrock/index.ts';
import { gemini } from './gemini/index.ts';
import { openai } from './openai/index.ts';

/** Every dialect the gateway speaks. Adding one is one import and one name here. */
export const providers: readonly Provider[] = [anthropic, openai, gemini, bedrock];
