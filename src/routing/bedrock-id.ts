import type { BedrockIds } from './catalog-file.ts';

/** How to call a model from a region: within its geography if Amazon can, else from anywhere; undefined where it cannot. */
export function bedrockId({ id, profiles, onDemand }: BedrockIds, region: string): string | undefined {
  const profile = geographies(region).find((name) => profiles.includes(name));
  if (profile && !(profile === 'global' && onDemand)) return `${profile}.${id}`;
  return onDemand ? id : undefined;
}

/** The profiles to be had in `region`, the nearest first. The government's regions are a world of their own. */
function geographies(region: string): BedrockIds['profiles'] {
  if (region.startsWith('us-gov-')) return ['us-gov'];
  if (region.startsWith('us-') || region.startsWith('ca-')) return ['us', 'global'];
  if (region.startsWith('eu-')) return ['eu', 'global'];
  if (/^ap-northeast-[13]$/.test(region)) return ['jp', 'apac', 'global'];
  if (/^ap-southeast-[24]$/.test(region)) return ['au', 'apac', 'global'];
  return region.startsWith('ap-') ? ['apac', 'global'] : ['global'];
}
