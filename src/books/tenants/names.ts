/** Why a key without a tenant may not have a tenant's name: the ledger keeps it as a tenant of its own name. */
export function nameOfTenant(name: string): string {
  return `"${name}" is a tenant's name, which would get what this key spends; say \`tenant\`, or take another name`;
}
