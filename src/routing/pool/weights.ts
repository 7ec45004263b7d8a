import { type Deployment, entryNameOf } from '../../core/deployment.ts';

/**
 * Each deployment's weight, by its id, else its model, else its provider. Deployments that a name stands for share its
 * weight. Whoever is not named weighs nothing and is there for failing over; without any weights all weigh the same.
 */
export function weightsOf(
  pool: readonly Deployment[],
  declared: Readonly<Record<string, number>> | undefined,
): number[] {
  if (!declared) return pool.map(() => 1);
  const names = pool.map((deployment) => namesOf(deployment).find((name) => Object.hasOwn(declared, name)));
  return names.map((name) => {
    const weight = name === undefined ? 0 : (declared[name] ?? 0);
    return weight / names.filter((other) => other === name).length;
  });
}

/** By which weights may name it. */
export function namesOf({ id, model, endpoint }: Deployment): string[] {
  return [id, model, endpoint.name, entryNameOf(endpoint)];
}
